message(FATAL_ERROR "yolofleet included a file of the project that adds it")
