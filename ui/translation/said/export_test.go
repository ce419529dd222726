package said

// Upper makes the first letter a capital.
var Upper = upper
