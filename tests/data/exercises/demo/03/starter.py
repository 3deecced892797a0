answer_03 = todo()
