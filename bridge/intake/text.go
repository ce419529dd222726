package intake

import (
	"fmt"

	"perch/bridge"
)

func unreadableFailure(problem string) *bridge.Failure {
	return &bridge.Failure{
		Kind: bridge.Unreadable, Message: "X sent something that Perch cannot read: " + problem,
		Remedy: "look at it with perch show ID; if it matters, report it, then drop it with perch discard ID",
	}
}

func directOnlyError() *bridge.Error {
	return bridge.Refusal("this conversation is a private one, but the reply is marked as public, so it was not sent",
		"answer in the customer's public interaction, or write here without a thread")
}

func privateAlreadyError(c bridge.Command) *bridge.Error {
	return bridge.Refusal(fmt.Sprintf("/%s is for public posts, but this conversation is a private one, so nothing was sent", c), "write the text without the command")
}

func publicOnlyError() *bridge.Error {
	return bridge.Refusal("this conversation is a public one, but the reply does not say which post it answers, so it was not sent",
		"start a direct message with the customer if you want to write in private")
}

func lossyThreadError() *bridge.Error {
	return bridge.Refusal("Motion named the post to answer by a number that has lost its last digits, so it was not sent",
		"wait until the customer writes again in this interaction, or answer on X")
}

// readdressedText tells where a reply went when Motion's contact names somebody else.
func readdressedText(contact, person string) string {
	return fmt.Sprintf("the contact in Motion names @%s, but @%s wrote in this interaction and gets the reply", contact, person)
}

func threadMendedText(given, known string) string {
	return fmt.Sprintf("Motion gave the post as %s, which has lost its last digits; the reply answers post %s of this interaction", given, known)
}
