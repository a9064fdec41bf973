# -DYOLOFLEET_SANITIZE=address,undefined or =thread; every target of the build gets it.
if(YOLOFLEET_SANITIZE)
  add_compile_options(-fsanitize=${YOLOFLEET_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${YOLOFLEET_SANITIZE})
  if(YOLOFLEET_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
