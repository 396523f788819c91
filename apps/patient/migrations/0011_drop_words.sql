-- In a transaction of its own: whoever reads them for long, as a backup does, keeps nobody from registering.
-- gives up patient_word, patient_word_pair
drop table patient_word, patient_word_pair;
