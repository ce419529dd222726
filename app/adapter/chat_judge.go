package adapter

import (
	"cmp"

	"perch/bridge"
	"perch/bridge/xchat/keys"
)

// opJudge is what is done when keys are compared with X's records.
const opJudge = "compare keys of encrypted chat"

// The codes of the errors of JudgeChat.
const (
	// CodeNoChatRecord: the account has never set up encrypted chat.
	CodeNoChatRecord = "chat/no-record"
	// CodeWrongChatKeys: the keys belong to none of the account's records.
	CodeWrongChatKeys = "chat/wrong-keys"
	// CodeOlderChatKeys: the account has got newer keys since.
	CodeOlderChatKeys = "chat/older-keys"
)

// JudgeChat finds the record of the account that the keys belong to, and makes sure that it is the newest one whose binding
// verifies and that the keys work. Its error says in words what is wrong.
func JudgeChat(private keys.Private, rows []bridge.ChatRow, account bridge.Account) (keys.Record, error) {
	records, err := ChatRecordsOf(rows)
	if err != nil {
		return keys.Record{}, err
	}
	record, ok := private.Match(records)
	switch {
	case !ok:
		return record, judged(CodeWrongChatKeys, "these keys do not belong to "+nameOf(account)+", or its keys were reset in the X app",
			"import the keys that the account has now, or get them back with its PIN: perch chat unlock")
	case record.Version() != records[0].Version():
		return record, judged(CodeOlderChatKeys, "these are older keys of "+nameOf(account)+": it has got newer ones in the X app",
			"import the newer keys, or get them back with the PIN: perch chat unlock")
	}
	if err := private.Check(); err != nil {
		return record, judged("chat/broken-keys", err.Error(), "import the keys once more")
	}
	return record, nil
}

// ChatRecordsOf are the records of the account whose binding verifies, the newest first. There is one at least, or an error.
func ChatRecordsOf(rows []bridge.ChatRow) ([]keys.Record, error) {
	if len(rows) == 0 {
		return nil, judged(CodeNoChatRecord, "the account has never set up X Chat", "open it once in the X app, signed in as the account, and set a PIN; then try again")
	}
	plain := make([]keys.Row, 0, len(rows))
	for _, row := range rows {
		plain = append(plain, row.Row)
	}
	records, _ := keys.Verify(plain)
	if len(records) == 0 {
		return nil, judged("chat/bad-record", "what X gives as the account's public keys does not hold: its signature is wrong",
			"try again later; if it stays so, open X Chat in the X app and look whether it works there")
	}
	return records, nil
}

func judged(code, message, remedy string) *bridge.Error {
	return &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Op: opJudge, Code: code, Message: message, Remedy: remedy}
}

func nameOf(account bridge.Account) string {
	if account.Handle != "" {
		return "@" + account.Handle
	}
	return cmp.Or(account.ID, "the account")
}
