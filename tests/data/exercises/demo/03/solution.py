answer_03 = 3
