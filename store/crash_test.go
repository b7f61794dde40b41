package store

func writeForEver(string) {}
