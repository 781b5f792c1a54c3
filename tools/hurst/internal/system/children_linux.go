package system

import "syscall"

// childAttr has a child die with this process, and keeps Ctrl-C on the terminal from reaching it:
// this process stops its children in order.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
