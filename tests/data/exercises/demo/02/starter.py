answer = todo()
