# What the program says, in the words of those who call convforge_add_conv and convforge_add_model: who wrote EPILOGUE is not told
# of --epilogue.
include_guard()

# The flag that a keyword becomes: WEIGHTS_LAYOUT --weights-layout.
function(convforge_flag_of keyword out)
  set(flag ${keyword})
  if(keyword STREQUAL "TARGETS")
    set(flag TARGET)
  endif()
  string(TOLOWER --${flag} flag)
  string(REPLACE "_" "-" flag ${flag})
  set(${out} ${flag} PARENT_SCOPE)
endfunction()

function(convforge_in_words_of_cmake text out)
  string(REGEX REPLACE "--(bias|scale|prelu)([0-9]+)" "--\\1 (file \\2)" text "${text}")
  foreach(keyword IN ITEMS PROBLEM TARGETS EPILOGUE LAYOUT WEIGHTS_LAYOUT DTYPE ZERO_POINTS ROUNDING OUTPUT_SCALE PADDING_MODE POOLING STRIDES
      RESIDUAL_STRIDES MATH ALGORITHM MACHINE PLANS WEIGHTS MULTIPLIERS BIAS SCALE PRELU INPUT MATCH)
    convforge_flag_of(${keyword} flag)
    string(REGEX REPLACE "${flag}([^a-z0-9-]|$)" "${keyword}\\1" text "${text}")
  endforeach()
  string(REPLACE "Run with --help for more information." "" text "${text}")
  string(STRIP "${text}" text)
  string(REPLACE "\n" "\n  " text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()
