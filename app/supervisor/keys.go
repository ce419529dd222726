package supervisor

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"

	"perch/app/adapter"
	"perch/bridge"
	"perch/bridge/secret"
)

const settingKeySalt = "key_salt"

// keySalt reads what the marks of this journal's keys are made with, and makes it at the first start.
func keySalt(ctx context.Context, settings bridge.Settings) (string, error) {
	salt, err := settings.Setting(ctx, settingKeySalt)
	if err != nil || salt != "" {
		return salt, err
	}
	salt = rand.Text()
	return salt, settings.SetSetting(ctx, settingKeySalt, salt)
}

// keyMark tells a channel's access token from others and gives nothing of it away; "" when there is none.
func keyMark(salt, channel string, values map[secret.Key]string) string {
	token := adapter.XKeys(channel, values).AccessToken
	if token == "" {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(salt))
	_, _ = mac.Write([]byte(token)) // never fails by its contract
	return hex.EncodeToString(mac.Sum(nil))
}

// valuesOf are the texts that no log may hold.
func valuesOf(secrets map[secret.Key]string) []string {
	var values []string
	for key, v := range secrets {
		values = append(values, v, adapter.XLogin(key.Channel, secrets).Access) // which is stored with its end
	}
	return values
}
