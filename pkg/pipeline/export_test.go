package pipeline

// Clean is what the tests outside call by this name.
var Clean = Spec.clean
