answer_02 = todo()
