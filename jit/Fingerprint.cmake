# A build step: writes the definition of generator_fingerprint (fingerprint.hpp) to ${output}. ${list} names the sources.
file(STRINGS ${list} sources)
set(hashes "")
foreach(source IN LISTS sources)
  file(SHA256 ${source} hash)
  string(APPEND hashes ${hash})
endforeach()
string(SHA256 fingerprint "${hashes}")
file(WRITE ${output} "#include \"fingerprint.hpp\"

const char *const convforge::generator_fingerprint = \"${fingerprint}\";
")
