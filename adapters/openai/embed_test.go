package openai_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"crmbot/adapters/openai"
	"crmbot/bot"
	"crmbot/crm"
)

// vectorsAt is an endpoint that answers with what answer writes, and remembers
// what it was asked.
type vectorsAt struct {
	*httptest.Server
	mu    sync.Mutex
	asked []map[string]any
	heads []http.Header
	paths []string
}

func serveVectors(t *testing.T, answer http.HandlerFunc) *vectorsAt {
	t.Helper()
	v := &vectorsAt{}
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		v.mu.Lock()
		v.asked, v.heads, v.paths = append(v.asked, body), append(v.heads, r.Header.Clone()), append(v.paths, r.Method+" "+r.URL.RequestURI())
		v.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(v.Close)
	return v
}

func embedder(t *testing.T, url string) *openai.Embedder {
	t.Helper()
	e, err := openai.NewEmbedder(openai.Config{URL: url, Key: secret, Model: "small"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// listing is an answer with vectors.
func listing(data string) http.HandlerFunc {
	return raw(200, "application/json", `{"object":"list","model":"small","data":[`+data+`],"usage":{"prompt_tokens":1,"total_tokens":1}}`)
}

func TestEmbed(t *testing.T) {
	t.Parallel()
	v := serveVectors(t, listing(`{"object":"embedding","index":1,"embedding":[0,-2,0]},{"object":"embedding","index":0,"embedding":[3,0,4]}`))
	e := embedder(t, v.URL+"/v1?version=2")
	have, err := e.Embed(t.Context(), []string{" how long ", strings.Repeat("长", 3000)})
	if err != nil || len(have) != 2 || !slices.Equal(have[0], []float32{0.6, 0, 0.8}) || !slices.Equal(have[1], []float32{0, -1, 0}) {
		t.Fatalf("%v %v", have, err)
	}
	want := map[string]any{"model": "small", "encoding_format": "float", "input": []any{"how long", strings.Repeat("长", 2000)}}
	if fmt.Sprint(v.asked[0]) != fmt.Sprint(want) || v.paths[0] != "POST /v1/embeddings?version=2" {
		t.Errorf("asked %s %v", v.paths[0], v.asked[0])
	}
	if head := v.heads[0]; head.Get("Authorization") != "Bearer "+secret || head.Get("User-Agent") != "crmbot" {
		t.Errorf("asked with %v", head)
	}
	for name := range v.heads[0] {
		if strings.HasPrefix(name, "X-Stainless") || strings.HasPrefix(name, "Openai") {
			t.Errorf("it tells %s: %s", name, v.heads[0].Get(name))
		}
	}
	if host := strings.TrimPrefix(v.URL, "http://"); e.Model() != "small@"+host {
		t.Errorf("the model is %s", e.Model())
	}
}

// TestTheEnvironmentIsForOthers: only the config says whom we talk to, and as whom.
func TestTheEnvironmentIsForOthers(t *testing.T) {
	other := serveVectors(t, listing(`{"index":0,"embedding":[1]}`))
	for name, value := range map[string]string{
		"OPENAI_API_KEY": "sk-of-another", "OPENAI_ADMIN_KEY": "sk-admin", "OPENAI_BASE_URL": other.URL, "OPENAI_ORG_ID": "org-x",
		"OPENAI_PROJECT_ID": "proj-x", "OPENAI_CUSTOM_HEADERS": "X-Evil: yes", "OPENAI_WEBHOOK_SECRET": "whs",
	} {
		t.Setenv(name, value)
	}
	v := serveVectors(t, listing(`{"index":0,"embedding":[1]}`))
	for _, key := range []string{"", secret} {
		e, err := openai.NewEmbedder(openai.Config{URL: v.URL, Key: key, Model: "small"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Embed(t.Context(), []string{"x"}); err != nil {
			t.Fatal(err)
		}
		head := v.heads[len(v.heads)-1]
		if have := head.Get("Authorization"); have != strings.TrimSpace("Bearer "+key) && (key != "" || have != "") {
			t.Errorf("authorized as %q", have)
		}
		if said := fmt.Sprint(head); strings.Contains(said, "sk-of-another") || strings.Contains(said, "org-x") || strings.Contains(said, "proj-x") || strings.Contains(said, "Evil") {
			t.Errorf("it says %s", said)
		}
	}
	if len(v.asked) != 2 || len(other.asked) != 0 {
		t.Errorf("asked %d and %d times", len(v.asked), len(other.asked))
	}
}

// TestWhatAreNoVectors is refused, once, with a cause that tells nothing.
func TestWhatAreNoVectors(t *testing.T) {
	t.Parallel()
	two := `{"index":0,"embedding":[1,0]},{"index":1,"embedding":[0,1]}`
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		class  bot.Class
	}{
		"one too few":         {listing(`{"index":0,"embedding":[1,0]}`), ""},
		"one too many":        {listing(two + `,{"index":2,"embedding":[0,1]}`), ""},
		"the same twice":      {listing(`{"index":0,"embedding":[1,0]},{"index":0,"embedding":[0,1]}`), ""},
		"of nobody":           {listing(`{"index":0,"embedding":[1,0]},{"index":7,"embedding":[0,1]}`), ""},
		"of nobody, below":    {listing(`{"index":0,"embedding":[1,0]},{"index":-1,"embedding":[0,1]}`), ""},
		"of two lengths":      {listing(`{"index":0,"embedding":[1,0]},{"index":1,"embedding":[0,1,0]}`), ""},
		"empty":               {listing(`{"index":0,"embedding":[]},{"index":1,"embedding":[]}`), ""},
		"missing":             {listing(`{"index":0},{"index":1}`), ""},
		"pointing nowhere":    {listing(`{"index":0,"embedding":[0,0]},{"index":1,"embedding":[0,1]}`), ""},
		"without end":         {listing(`{"index":0,"embedding":[1e308,1e308]},{"index":1,"embedding":[0,1]}`), ""},
		"words":               {listing(`{"index":0,"embedding":["a","b"]},{"index":1,"embedding":[0,1]}`), ""},
		"far too long":        {listing(`{"index":0,"embedding":[` + strings.Repeat("1,", 20000) + `1]},{"index":1,"embedding":[` + strings.Repeat("1,", 20000) + `1]}`), ""},
		"no list":             {raw(200, "application/json", `{"data":{}}`), ""},
		"no JSON":             {raw(200, "application/json", `{"data":[`), ""},
		"another kind":        {raw(200, "text/plain", `{"data":[`+two+`]}`), ""},
		"more than enough":    {raw(200, "application/json", `{"data":[`+two+`]}`+strings.Repeat(" ", 32<<20)), ""},
		"a wrong key":         {raw(401, "application/json", `{"error":{"message":"bad key `+secret+`"}}`), bot.Unauthorized},
		"too many":            {raw(429, "application/json", `{}`), bot.RateLimited},
		"no such thing there": {raw(404, "application/json", `{}`), bot.BadContent},
		"a fault":             {raw(503, "application/json", `{}`), bot.Transient},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := serveVectors(t, c.answer)
			have, err := embedder(t, v.URL).Embed(t.Context(), []string{"one secret", "two"})
			if have != nil || crm.CodeOf(err) != crm.CodeUnavailable {
				t.Fatalf("%v %v, want CodeUnavailable", have, err)
			}
			failure, is := errors.AsType[*bot.Failure](err)
			if is != (c.class != "") || is && failure.Class != c.class {
				t.Errorf("%v is of class %+v, want %q", err, failure, c.class)
			}
			if told := fmt.Sprintf("%v %+v", err, err); strings.Contains(told, secret) || strings.Contains(told, "one secret") || strings.Contains(told, v.URL) {
				t.Errorf("it tells %s", told)
			}
			if len(v.asked) != 1 {
				t.Errorf("asked %d times", len(v.asked))
			}
		})
	}
}

// TestVectorsWithoutPlaces come in the order of the texts, as some endpoints send
// them.
func TestVectorsWithoutPlaces(t *testing.T) {
	t.Parallel()
	v := serveVectors(t, listing(`{"embedding":[1,0]},{"embedding":[0,1]}`))
	have, err := embedder(t, v.URL).Embed(t.Context(), []string{"one", "two"})
	if err != nil || !slices.Equal(have[1], []float32{0, 1}) {
		t.Errorf("%v %v", have, err)
	}
}

// TestVectorsStayOfOneLength: an endpoint that changes its mind is not believed.
func TestVectorsStayOfOneLength(t *testing.T) {
	t.Parallel()
	n := 0
	v := serveVectors(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		listing(`{"index":0,"embedding":[1`+strings.Repeat(",1", n/2)+`]}`)(w, r)
	})
	e := embedder(t, v.URL)
	for i, fine := range []bool{true, false, false} {
		have, err := e.Embed(t.Context(), []string{"x"})
		if (err == nil) != fine {
			t.Errorf("%d: %v %v", i, have, err)
		}
	}
}

func TestHowManyTextsGo(t *testing.T) {
	t.Parallel()
	v := serveVectors(t, func(w http.ResponseWriter, r *http.Request) {
		var all []string
		for i := range 256 {
			all = append(all, fmt.Sprintf(`{"index":%d,"embedding":[1,%d]}`, i, i))
		}
		listing(strings.Join(all, ","))(w, r)
	})
	e := embedder(t, v.URL)
	for n, fine := range map[int]bool{0: false, 256: true, 257: false} {
		have, err := e.Embed(t.Context(), slices.Repeat([]string{"x"}, n))
		if (err == nil) != fine || fine && len(have) != n {
			t.Errorf("%d texts: %v", n, err)
		}
		for _, vector := range have {
			if length := math.Hypot(float64(vector[0]), float64(vector[1])); math.Abs(length-1) > 1e-6 {
				t.Fatalf("a vector of length %v", length)
			}
		}
	}
	if _, err := e.Embed(t.Context(), []string{"x", " "}); crm.CodeOf(err) != crm.CodeUnavailable {
		t.Errorf("an empty text: %v", err)
	}
	if len(v.asked) != 1 {
		t.Errorf("asked %d times", len(v.asked))
	}
}

func TestAModelThatCannotBeHadNamesItsKey(t *testing.T) {
	t.Parallel()
	for key, c := range map[string]openai.Config{
		"url": {Model: "m"}, "model": {URL: "https://api.example.com/v1"}, "proxy": {URL: "https://api.example.com/v1", Model: "m", Proxy: "ftp://u:" + secret + "@x"},
	} {
		_, err := openai.NewEmbedder(c)
		_, err2 := openai.NewAnswerer(c)
		for _, err := range []error{err, err2} {
			bad, is := errors.AsType[*bot.BadKey](err)
			if !is || bad.Key != key || strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %v", key, err)
			}
		}
	}
}
