package bridge

// Command is what an agent asks for by the beginning of a reply, besides that its text be sent.
type Command string

// The commands.
const (
	// CommandDM answers a public post in private.
	CommandDM Command = "dm"
	// CommandLink answers in public, with a link by which the customer writes in private.
	CommandLink Command = "link"
	// CommandThread answers in public, a long text as several posts.
	CommandThread Command = "thread"
	// CommandHide hides the customer's public reply.
	CommandHide Command = "hide"
	// CommandHelp tells the agent of the commands.
	CommandHelp Command = "help"
)
