package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"perch/bridge/sim"
)

var smallTalk = []string{"Hello", "Where is my parcel?", "Thank you!", "The app says error 17", "Can I change the address?", "👍"}

// inOtherScripts is what those say who write with other letters; the others say smallTalk.
var inOtherScripts = map[string][]string{
	"omar_k":    {"مرحبا، أين طلبي رقم 77؟", "التطبيق يعرض Error 17 منذ أمس!", "شكرا 👍"},
	"haruka_t":  {"こんにちは、荷物はどこですか。", "住所を変更できますか？", "ありがとうございます 🎉"},
	"priya_s":   {"नमस्ते, मेरा पार्सल कहाँ है?", "ऐप Error 17 दिखा रहा है", "धन्यवाद 🙏"},
	"somchai_p": {"สวัสดีครับ พัสดุอยู่ที่ไหน", "ขอบคุณครับ 👍🏽"},
	"noa_levi":  {"שלום, איפה החבילה שלי (77)?", "האפליקציה אומרת Error 17", "תודה ❤️"},
	"minjun_k":  {"안녕하세요, 제 택배는 어디에 있나요?", "주소를 바꿀 수 있나요?", "감사합니다 🇰🇷"},
}

func talk(person sim.Person) string {
	texts, ok := inOtherScripts[person.Handle]
	if !ok {
		texts = smallTalk
	}
	return texts[rand.IntN(len(texts))]
}

// live lets customers and agents talk until the time is over (0: until Ctrl+C) or the window is closed.
func (d *demo) live(ctx context.Context, length time.Duration, closed <-chan struct{}) error {
	d.Print("\nLive traffic (Ctrl+C ends it).\n")
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if length > 0 {
		ctx, cancel = context.WithTimeout(ctx, length)
		defer cancel()
	}
	limit := d.limitOnce()
	for n := 1; ; n++ {
		person := customers[rand.IntN(len(customers))]
		text := fmt.Sprintf("%s (%d)", talk(person), n)
		d.say("@"+person.Handle, "%q", text)
		d.x.DM(person.ID, d.brand.ID, sim.Message{Text: text})
		if interaction := d.motion.Open(person.Handle, ""); interaction != 0 && n%3 == 0 {
			if err := d.agentAnswers(ctx, interaction, fmt.Sprintf("Thank you for message %d.", n)); err != nil && ctx.Err() == nil {
				return err
			}
			limit.answered(ctx)
		}
		limit.look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-closed:
			return nil
		case <-time.After(time.Second + time.Duration(rand.Int64N(int64(time.Second)))):
		}
	}
}
