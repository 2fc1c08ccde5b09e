package wechat

// Render is what markup looks like.
var Render = render

// Hasten lets the menu be tried again at once.
func Hasten(a *Adapter) { a.pause = 0 }
