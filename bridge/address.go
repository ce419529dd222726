package bridge

import "fmt"

// PostURL is where people see a post whose author is known by the handle.
func PostURL(handle, postID string) string {
	return fmt.Sprintf("https://x.com/%s/status/%s", handle, postID)
}

// SharedPostURL is where people see a post of which the id alone is known.
func SharedPostURL(postID string) string { return "https://x.com/i/status/" + postID }
