# The warnings that our own code must be free of. Other people's headers are system headers.
add_library(yolofleet_warnings INTERFACE)
set(cxx_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused -Wdouble-promotion
  -Wformat=2 -Wimplicit-fallthrough)
target_compile_options(yolofleet_warnings INTERFACE
  "$<$<COMPILE_LANGUAGE:CXX>:${cxx_warnings}>" "$<$<COMPILE_LANGUAGE:CUDA>:-Wno-deprecated-gpu-targets>")
if(YOLOFLEET_WERROR)
  target_compile_options(yolofleet_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Werror> "$<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings>")
endif()
if(CMAKE_UNITY_BUILD)
  # Files that are compiled as one see each other's names; what each is warned of, other builds say.
  target_compile_options(yolofleet_warnings INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:-w>")
endif()
if(YOLOFLEET_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees unset values and overflows that aren't there once it has instrumented the code.
  target_compile_options(yolofleet_warnings INTERFACE
    -Wno-maybe-uninitialized -Wno-stringop-overflow)
endif()
