package wecomtest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"crmbot/adapters/adaptertest"
)

// answer does what the method does.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c adaptertest.Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.Changed()
	p := c.Params
	if c.Method == "gettoken" {
		s.getToken(w, p)
		return
	}
	switch {
	case c.Token == "":
		refuse(w, 41001, "access_token missing")
		return
	case !s.access[c.Token]:
		refuse(w, 40014, "invalid access_token")
		return
	}
	switch c.Method {
	case "kf/sync_msg":
		s.syncMsg(w, p)
	case "kf/send_msg":
		s.sendMsg(w, p)
	case "kf/send_msg_on_event":
		s.sendMsgOnEvent(w, p)
	case "kf/service_state/get":
		s.stateGet(w, p)
	case "kf/service_state/trans":
		s.stateTrans(w, p)
	case "kf/account/list":
		s.accountList(w)
	case "kf/servicer/list":
		s.servicerList(w, p)
	case "kf/add_contact_way":
		s.addContactWay(w, p)
	case "kf/get_corp_qualification":
		accept(w, map[string]any{"wechat_channels_binding": !s.Unverified})
	case "kf/customer/batchget":
		s.customers(w, p)
	case "media/upload":
		s.upload(w, r, p)
	case "media/get":
		s.download(w, p)
	default:
		refuse(w, 40066, "invalid url")
	}
}

func (s *Server) getToken(w http.ResponseWriter, p map[string]string) {
	switch {
	case p["corpid"] != s.CorpID:
		refuse(w, 40013, "invalid corpid")
	case p["corpsecret"] != s.Secret:
		refuse(w, 40001, "invalid credential")
	default:
		token := "access-token_" + strconv.Itoa(s.next())
		s.access[token] = true
		accept(w, map[string]any{"access_token": token, "expires_in": 7200})
	}
}

// syncMsg gives the messages of an account behind a cursor.
func (s *Server) syncMsg(w http.ResponseWriter, p map[string]string) {
	a := s.account(p["open_kfid"])
	if a == nil {
		refuse(w, 95000, "invalid open_kfid")
		return
	}
	if token := p["token"]; token != "" {
		if made, known := s.pulls[token]; !known || s.now().Sub(made) > 10*time.Minute {
			refuse(w, 95007, "invalid msg token")
			return
		}
	}
	from := 0
	if cursor := p["cursor"]; cursor != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(cursor, "cursor_"+a.id+"_"))
		if err != nil || n > len(a.log) {
			refuse(w, 40058, "invalid Request Parameter cursor")
			return
		}
		from = n
	}
	limit := min(s.Page, 1000)
	if n, err := strconv.Atoi(p["limit"]); err == nil && n > 0 {
		limit = min(n, limit)
	}
	to, list := from, []json.RawMessage{}
	for ; to < len(a.log) && len(list) < limit; to++ {
		if s.now().Sub(a.log[to].at) <= 72*time.Hour {
			list = append(list, a.log[to].raw)
		}
	}
	more := 0
	if to < len(a.log) {
		more = 1
	}
	accept(w, map[string]any{"next_cursor": "cursor_" + a.id + "_" + strconv.Itoa(to), "has_more": more, "msg_list": list})
}

func (s *Server) accountList(w http.ResponseWriter) {
	list := []any{}
	for _, a := range s.accounts {
		list = append(list, map[string]any{
			"open_kfid": a.id, "name": a.name, "avatar": "https://wework.qpic.cn/wwhead/0", "manage_privilege": true,
		})
	}
	accept(w, map[string]any{"account_list": list})
}

func (s *Server) servicerList(w http.ResponseWriter, p map[string]string) {
	a := s.account(p["open_kfid"])
	if a == nil {
		refuse(w, 95000, "invalid open_kfid")
		return
	}
	list := []any{}
	for _, user := range a.servicers {
		list = append(list, map[string]any{"userid": user, "status": 0})
	}
	accept(w, map[string]any{"servicer_list": list})
}

func (s *Server) addContactWay(w http.ResponseWriter, p map[string]string) {
	switch {
	case s.account(p["open_kfid"]) == nil:
		refuse(w, 95000, "invalid open_kfid")
	case len(p["scene"]) > 32 || strings.Trim(p["scene"], letters) != "":
		refuse(w, 40058, "invalid Request Parameter scene")
	default:
		accept(w, map[string]any{"url": "https://work.weixin.qq.com/kfid/" + p["open_kfid"] + "?enc_scene=ENC" + p["scene"]})
	}
}

func (s *Server) customers(w http.ResponseWriter, p map[string]string) {
	var ids []string
	_ = json.Unmarshal([]byte(p["external_userid_list"]), &ids)
	list, invalid := []any{}, []string{}
	for _, id := range ids {
		if name, known := s.names[id]; known {
			list = append(list, map[string]any{"external_userid": id, "nickname": name, "gender": 0})
		} else {
			invalid = append(invalid, id)
		}
	}
	accept(w, map[string]any{"customer_list": list, "invalid_external_userid": invalid})
}

// mediaMax is how large a file of a type may be.
var mediaMax = map[string]int{"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "file": 20 << 20}

func (s *Server) upload(w http.ResponseWriter, r *http.Request, p map[string]string) {
	limit, known := mediaMax[p["type"]]
	if !known {
		refuse(w, 40005, "invalid file type")
		return
	}
	part, _, err := r.FormFile("media")
	if err != nil {
		refuse(w, 41005, "missing media data")
		return
	}
	defer part.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(part)
	switch {
	case err != nil || len(body) > limit:
		refuse(w, 40006, "invalid file size")
	case len(body) <= 5:
		refuse(w, 40006, "invalid file size: at least 5 bytes")
	default:
		sum := sha256.Sum256(body)
		id := "media_" + p["type"] + "_" + hex.EncodeToString(sum[:8])
		s.media[id] = body
		accept(w, map[string]any{"type": p["type"], "media_id": id, "created_at": strconv.FormatInt(s.now().Unix(), 10)})
	}
}

func (s *Server) download(w http.ResponseWriter, p map[string]string) {
	body, known := s.media[p["media_id"]]
	if !known {
		refuse(w, 40007, "invalid media_id")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+p["media_id"]+`"`)
	_, _ = w.Write(body)
}
