package motion_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/motion"
)

func TestParseReply(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       bridge.Reply
	}{
		{
			"as documented", `{"id":9001,"body":"Hi","AttachmentId":null,"OpenchannelInteractionId":812,"ContactId":44,"Contact":{"id":44,"twitter":"annlee"},
			"Interaction":{"id":812,"threadId":null},"agent":{"fullname":"Jane Miller"}}`,
			bridge.Reply{MotionID: "9001", Body: "Hi", InteractionID: "812", ContactID: "44", Handle: "annlee", Agent: "Jane Miller"},
		},
		{
			"strings for ids, a file, in public", `{"id":"9002","body":"p.png","AttachmentId":"77","Contact":{"twitter":"@annlee"},"Interaction":{"id":"813","threadId":"1790000000000000001"}}`,
			bridge.Reply{MotionID: "9002", Body: "p.png", AttachmentID: "77", InteractionID: "813", ThreadID: "1790000000000000001", Handle: "annlee"},
		},
		{"lower-case contact", `{"body":"x","contact":{"twitter":" annlee "}}`, bridge.Reply{Body: "x", Handle: "annlee"}},
		{"first version", `{"body":"x","to":"annlee"}`, bridge.Reply{Body: "x", Handle: "annlee"}},
		{"large id kept whole", `{"id":9007199254740993,"body":"x","to":"a"}`, bridge.Reply{MotionID: "9007199254740993", Body: "x", Handle: "a"}},
		{"a file that is none", `{"body":"x","to":"a","AttachmentId":false,"Attachment":{"id":null,"name":null}}`, bridge.Reply{Body: "x", Handle: "a"}},
		{"a file that is named twice", `{"body":"p.png","to":"a","attachment_id":83,"Attachment":{"name":"p.png"}}`, bridge.Reply{Body: "p.png", Handle: "a", AttachmentID: "83"}},
		{"form data", `body=Hi+there&Contact%5Btwitter%5D=annlee&id=5`, bridge.Reply{MotionID: "5", Body: "Hi there", Handle: "annlee"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reply, internal, err := motion.ParseReply([]byte(tc.body), "twitter")
			if err != nil || internal {
				t.Fatal(internal, err)
			}
			if diff := cmp.Diff(tc.want, reply); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, body := range []string{`{"secret":true,"body":"x"}`, `{"secret":1,"body":"x"}`, `{"direction":"in","body":"x","to":"a"}`} {
		if _, internal, err := motion.ParseReply([]byte(body), "twitter"); !internal || err != nil {
			t.Errorf("%s: internal %v, %v", body, internal, err)
		}
	}
	for _, body := range []string{
		``, `x`, `[]`, `{"body":""}`, `{"body":"x"}`, "{\"body\":\"\xff\",\"to\":\"a\"}", `{"body":"x","to":"a","Interaction":{"threadId":"1; DROP"}}`,
		`{"body":"p.png","to":"a","AttachmentId":true}`, `{"body":"p.png","to":"a","Attachment":{"name":"p.png"}}`,
	} {
		if _, _, err := motion.ParseReply([]byte(body), "twitter"); bridge.KindOf(err) != bridge.Invalid {
			t.Errorf("%q: %v; want invalid", body, err)
		}
	}
}

func FuzzParseReply(f *testing.F) {
	for _, body := range []string{
		`{"id":9001,"body":"Hi","AttachmentId":null,"Contact":{"twitter":"annlee"},"Interaction":{"id":812,"threadId":"17"}}`,
		`body=Hi&Contact%5Btwitter%5D=annlee`, `{"body":17,"to":[1]}`, `{"body":{"a":1}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		reply, internal, err := motion.ParseReply(body, "twitter")
		if err == nil && !internal && reply.Body == "" && reply.AttachmentID == "" {
			t.Errorf("%q: an empty reply was taken", body)
		}
	})
}
