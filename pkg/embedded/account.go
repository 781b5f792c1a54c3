package embedded

import "github.com/versity/versitygw/auth"

// account is the S3 server's one account. Another access key is answered as S3 does; the library's
// own answer would be about its administration.
type account struct {
	auth.IAMService
	accessKey string
}

func newAccount(accessKey, secretKey string) account {
	root := auth.Account{Access: accessKey, Secret: secretKey, Role: auth.RoleAdmin}
	return account{auth.NewIAMServiceSingle(root), accessKey}
}

func (a account) GetUserAccount(accessKey string) (auth.Account, error) {
	if accessKey != a.accessKey {
		return auth.Account{}, auth.ErrNoSuchUser
	}
	return a.IAMService.GetUserAccount(accessKey)
}
