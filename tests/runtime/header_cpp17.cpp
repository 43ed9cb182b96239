// The public headers as C++17, each included twice.
#include "convforge/address_sanitizer.h"
#include "convforge/convforge.h"
#include "convforge/convforge.hpp"
#include "convforge/elements.h"
#include "convforge/generic.h"
#include "convforge/hooks.h"
#include "convforge/network.h"
#include "convforge/operations.h"
#include "convforge/packed.h"
#include "convforge/quantise.h"
#include "convforge/span.hpp"

#include "convforge/address_sanitizer.h"
#include "convforge/convforge.h"
#include "convforge/convforge.hpp"
#include "convforge/elements.h"
#include "convforge/generic.h"
#include "convforge/hooks.h"
#include "convforge/network.h"
#include "convforge/operations.h"
#include "convforge/packed.h"
#include "convforge/quantise.h"
#include "convforge/span.hpp"

int main() {
  return convforge_cpu_features() == convforge_cpu_features() ? 0 : 1;
}
