call patient.make_all_findable()
