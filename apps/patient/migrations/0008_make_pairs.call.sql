call patient.make_all_pairs()
