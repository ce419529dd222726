package config

// Surroundings is what FindHome looks at, for tests.
type Surroundings struct {
	GOOS, User, Temp string
	Env              map[string]string
}

// FindHomeIn is FindHome somewhere else.
func FindHomeIn(flag string, s Surroundings) (Home, error) {
	return findHome(flag, surroundings{
		goos: s.GOOS, env: func(name string) string { return s.Env[name] },
		user: func() (string, error) {
			if s.User == "" {
				return "", errNoUser
			}
			return s.User, nil
		},
		temp: s.Temp, userID: 1000,
	})
}

var errNoUser = failed("", "no user", "", nil)

// Render writes a configuration as Save does.
var Render = render
