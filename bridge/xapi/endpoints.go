package xapi

// The endpoints under which limits are kept, in both profiles.
const (
	endpointMe       = "users.me"
	endpointUser     = "users.id"
	endpointHandle   = "users.by_handle"
	endpointDMs      = "dm.events"
	endpointOwnPosts = "posts.own"
	endpointPost     = "posts.get"
	endpointHide     = "posts.hide"
	endpointUpload   = "media.upload"
	endpointStatus   = "media.status"
)
