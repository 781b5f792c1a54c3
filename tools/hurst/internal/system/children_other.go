//go:build !linux

package system

import "syscall"

// childAttr keeps Ctrl-C on the terminal from reaching a child: this process stops its children in
// order. Only Linux can have them die with it.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
