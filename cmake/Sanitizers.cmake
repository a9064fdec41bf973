# -DYOLOFLEET_SANITIZE=address,undefined or =thread: all targets of the build get it. Only at the top: a
# program that isn't instrumented can't load a library that is.
if(YOLOFLEET_SANITIZE)
  if(NOT PROJECT_IS_TOP_LEVEL)
    message(FATAL_ERROR "YOLOFLEET_SANITIZE is for builds of yolofleet alone; "
      "put -fsanitize=${YOLOFLEET_SANITIZE} into CMAKE_CXX_FLAGS")
  endif()
  add_compile_options(-fsanitize=${YOLOFLEET_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${YOLOFLEET_SANITIZE})
  if(YOLOFLEET_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
