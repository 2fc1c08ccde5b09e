package wechattest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"crmbot/adapters/adaptertest"
)

// method is one of the API.
type method struct {
	post     bool
	verified bool // an account without verification has no right to it
	do       func(s *Server, w http.ResponseWriter, c adaptertest.Call)
}

var methods = map[string]method{
	"cgi-bin/get_api_domain_ip":                 {do: func(_ *Server, w http.ResponseWriter, _ adaptertest.Call) { say(w, ips) }},
	"cgi-bin/getcallbackip":                     {do: func(_ *Server, w http.ResponseWriter, _ adaptertest.Call) { say(w, ips) }},
	"cgi-bin/message/custom/send":               {post: true, verified: true, do: (*Server).send},
	"cgi-bin/message/custom/typing":             {post: true, verified: true, do: (*Server).typing},
	"cgi-bin/message/template/send":             {post: true, verified: true, do: (*Server).sendTemplate},
	"cgi-bin/message/subscribe/bizsend":         {post: true, verified: true, do: (*Server).sendSubscription},
	"cgi-bin/template/get_all_private_template": {verified: true, do: (*Server).listTemplates},
	"wxaapi/newtmpl/gettemplate":                {verified: true, do: (*Server).listSubscriptions},
	"cgi-bin/customservice/getkflist":           {verified: true, do: func(_ *Server, w http.ResponseWriter, _ adaptertest.Call) { say(w, map[string]any{"kf_list": []any{}}) }},
	"cgi-bin/menu/create":                       {post: true, verified: true, do: (*Server).createMenu},
	"cgi-bin/get_current_selfmenu_info":         {verified: true, do: (*Server).currentMenu},
	"cgi-bin/qrcode/create":                     {post: true, verified: true, do: (*Server).createCode},
	"cgi-bin/media/upload":                      {post: true, verified: true, do: (*Server).upload},
	"cgi-bin/media/get":                         {verified: true, do: (*Server).download},
	"cgi-bin/user/info":                         {verified: true, do: (*Server).userInfo},
}

var ips = map[string]any{"ip_list": []string{"101.226.62.77"}}

// textMost is what a text message may hold, in bytes.
const textMost = 2048

// stray is a tag of a link.
var stray = regexp.MustCompile(`(?i)<\s*/?\s*a\b`)

// send is a message of the customer-service API.
func (s *Server) send(w http.ResponseWriter, c adaptertest.Call) {
	var media struct {
		Content string `json:"content"`
		MediaID string `json:"media_id"`
	}
	kind := c.Params["msgtype"]
	_ = json.Unmarshal([]byte(c.Params[kind]), &media)
	switch {
	case c.Params["touser"] == "":
		refuse(w, 40003, "invalid openid rid: 1")
		return
	case kind == "text" && media.Content == "":
		refuse(w, 44004, "empty content rid: 1")
		return
	case kind == "text" && (len(media.Content) > textMost || !utf8.ValidString(media.Content)):
		refuse(w, 45002, "content size out of limit rid: 1")
		return
	case kind == "text" && !wellFormed(media.Content):
		refuse(w, 47001, "data format error: a link that is none rid: 1")
		return
	case kind == "msgmenu":
		refuse(w, 40008, "a menu message costs the right to write: not here")
		return
	case kind != "text" && s.files[media.MediaID].body == nil:
		refuse(w, 40007, "invalid media_id rid: 1")
		return
	}
	if code, says := s.spend(c.Params["touser"]); code != 0 {
		refuse(w, code, says)
		return
	}
	p := s.person(c.Params["touser"])
	p.said = append(p.said, media.Content+media.MediaID)
	fine(w)
}

// link is a link as WeChat shows one.
var link = regexp.MustCompile(`<a href="https?://[^"<>\s]+">[^<>]+</a>`)

// wellFormed says whether every tag in a text belongs to a link.
func wellFormed(text string) bool { return !stray.MatchString(link.ReplaceAllString(text, "")) }

func (s *Server) typing(w http.ResponseWriter, c adaptertest.Call) {
	p := s.person(c.Params["touser"])
	now := s.now()
	switch {
	case c.Params["command"] != "Typing" && c.Params["command"] != "CancelTyping":
		refuse(w, 45072, "command must be Typing or CancelTyping")
	case !p.trusted && len(p.rights) == 0:
		refuse(w, 45080, "no message within 30 seconds")
	case !p.trusted && now.Sub(p.typed) < 1:
		refuse(w, 45081, "typing already")
	default:
		p.typed = now
		fine(w)
	}
}

// filled says whether a template's data has every field of it and no other.
func (s *Server) filled(id, raw string) (code int, says string) {
	content, known := s.templates[id]
	if !known {
		return 40037, "invalid template_id rid: 1"
	}
	var data map[string]struct {
		Value string `json:"value"`
	}
	if json.Unmarshal([]byte(raw), &data) != nil {
		return 47001, "data format error rid: 1"
	}
	for name, v := range data {
		if !strings.Contains(content, "{{"+name+".DATA}}") {
			return 47003, "argument invalid! no field " + name
		}
		n := utf8.RuneCountInString(v.Value)
		if n == 0 || strings.HasPrefix(name, "thing") && n > 20 || strings.HasPrefix(name, "phrase") && n > 5 {
			return 47003, fmt.Sprintf("argument invalid! data.%s.value invalid rid: 1", name)
		}
	}
	if n := strings.Count(content, ".DATA}}"); n != len(data) {
		return 47003, "argument invalid! a field is missing"
	}
	return 0, ""
}

func (s *Server) sendTemplate(w http.ResponseWriter, c adaptertest.Call) {
	if code, says := s.filled(c.Params["template_id"], c.Params["data"]); code != 0 {
		refuse(w, code, says)
		return
	}
	to, key := c.Params["touser"], c.Params["client_msg_id"]
	if s.person(to).gone {
		refuse(w, 43004, "require subscribe rid: 1")
		return
	}
	if key != "" && s.keys[to+" "+key] {
		say(w, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": 0})
		return
	}
	s.keys[to+" "+key] = true
	p := s.person(to)
	p.said = append(p.said, "template "+c.Params["template_id"])
	s.messages++
	say(w, map[string]any{"errcode": 0, "errmsg": "ok", "msgid": s.messages})
}

func (s *Server) sendSubscription(w http.ResponseWriter, c adaptertest.Call) {
	if code, says := s.filled(c.Params["template_id"], c.Params["data"]); code != 0 {
		refuse(w, code, says)
		return
	}
	to := c.Params["touser"]
	if s.agreed[to+" "+c.Params["template_id"]] == 0 {
		refuse(w, 43101, "user refuse to accept the msg rid: 1")
		return
	}
	s.agreed[to+" "+c.Params["template_id"]]--
	p := s.person(to)
	p.said = append(p.said, "subscription "+c.Params["template_id"])
	fine(w)
}

func (s *Server) listTemplates(w http.ResponseWriter, _ adaptertest.Call) {
	list := []any{}
	for id, content := range s.templates {
		list = append(list, map[string]any{"template_id": id, "title": "x", "content": content})
	}
	say(w, map[string]any{"template_list": list})
}

func (s *Server) listSubscriptions(w http.ResponseWriter, _ adaptertest.Call) {
	list := []any{}
	for id, content := range s.templates {
		list = append(list, map[string]any{"priTmplId": id, "title": "x", "content": content, "type": 2})
	}
	say(w, map[string]any{"errcode": 0, "errmsg": "ok", "data": list})
}

type button struct {
	Type string   `json:"type"`
	Name string   `json:"name"`
	Key  string   `json:"key"`
	URL  string   `json:"url"`
	Sub  []button `json:"sub_button"`
}

func (s *Server) createMenu(w http.ResponseWriter, c adaptertest.Call) {
	var list []button
	if json.Unmarshal([]byte(c.Params["button"]), &list) != nil || len(list) == 0 || len(list) > 3 {
		refuse(w, 40016, "invalid button size rid: 1")
		return
	}
	for _, b := range list {
		if len(b.Name) > 16 || b.Name == "" || len(b.Sub) > 5 {
			refuse(w, 40018, "invalid button name size rid: 1")
			return
		}
		for _, e := range append([]button{b}, b.Sub...) {
			if len(e.Sub) == 0 && (e.Type == "click") == (e.Key == "") || len(e.Key) > 128 {
				refuse(w, 40019, "invalid button key size rid: 1")
				return
			}
		}
	}
	s.menu = json.RawMessage(c.Params["button"])
	fine(w)
}

func (s *Server) currentMenu(w http.ResponseWriter, _ adaptertest.Call) {
	if s.menu == nil {
		say(w, map[string]any{"is_menu_open": 0, "selfmenu_info": map[string]any{}})
		return
	}
	var list []button
	_ = json.Unmarshal(s.menu, &list)
	var out []any
	for _, b := range list {
		out = append(out, map[string]any{"type": b.Type, "name": b.Name, "key": b.Key, "sub_button": map[string]any{"list": b.Sub}})
	}
	say(w, map[string]any{"is_menu_open": 1, "selfmenu_info": map[string]any{"button": out}})
}

func (s *Server) createCode(w http.ResponseWriter, c adaptertest.Call) {
	var info struct {
		Scene struct {
			Text string `json:"scene_str"`
		} `json:"scene"`
	}
	_ = json.Unmarshal([]byte(c.Params["action_info"]), &info)
	permanent := c.Params["action_name"] == "QR_LIMIT_STR_SCENE"
	if c.Params["action_name"] != "QR_STR_SCENE" && !permanent || permanent != (c.Params["expire_seconds"] == "") {
		refuse(w, 40051, "invalid action name rid: 1")
		return
	}
	if n := len(info.Scene.Text); n == 0 || n > 64 {
		refuse(w, 40053, "invalid action info rid: 1")
		return
	}
	say(w, map[string]any{"ticket": "gQH+/8DwAA==", "url": "http://weixin.qq.com/q/" + info.Scene.Text, "expire_seconds": 2592000})
}

func (s *Server) upload(w http.ResponseWriter, c adaptertest.Call) {
	kind := c.Params["type"]
	if len(c.Files) != 1 || c.Files[0].Field != "media" || kind != "image" && kind != "voice" && kind != "video" {
		refuse(w, 40004, "invalid media type rid: 1")
		return
	}
	s.last = c.Files[0].Body
	id := fmt.Sprintf("MEDIA-%d", len(s.files)+1)
	s.files[id] = file{s.last, http.DetectContentType(s.last)}
	say(w, map[string]any{"type": kind, "media_id": id, "created_at": 1})
}

func (s *Server) download(w http.ResponseWriter, c adaptertest.Call) {
	f, known := s.files[c.Params["media_id"]]
	switch {
	case !known:
		refuse(w, 40007, "invalid media_id rid: 1")
	case strings.HasPrefix(f.kind, "video/"):
		s.files["video"] = f
		say(w, map[string]any{"video_url": s.Host + "/video.mp4"})
	default:
		w.Header().Set("Content-Type", f.kind)
		w.Header().Set("Content-Disposition", `attachment; filename="x"`)
		_, _ = w.Write(f.body)
	}
}

func (s *Server) userInfo(w http.ResponseWriter, c adaptertest.Call) {
	p := s.person(c.Params["openid"])
	say(w, map[string]any{"subscribe": btoi(!p.gone), "openid": c.Params["openid"], "nickname": "", "language": "zh_CN"})
}
