package control

// Dial opens a connection to the relay that listens on a socket.
var Dial = dial
