answer_02 = 2
