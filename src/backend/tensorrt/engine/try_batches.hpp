#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "cuda/check.hpp"
#include "yolofleet/error.hpp"

namespace yolofleet::backend::tensorrt {

/// What trying with one batch came to, and which smaller one may work where there was no memory
/// for it; 0: none.
template <typename Made>
struct Attempt {
  Result<Made> made;
  int smaller = 0;
};

/// Tries with a batch and, where there is no memory for it and `may_shrink`, with smaller ones,
/// each of which is said in `warnings`. `attempt` gives an Attempt for a batch, or throws
/// cuda::CudaError: that becomes an error of `device`, with which half of the batch may work.
template <typename Try>
auto try_batches(std::string_view device, int batch, bool may_shrink,
                 std::vector<std::string>& warnings, const Try& attempt) {
  using Tried = std::invoke_result_t<const Try&, int>;
  const auto try_one = [&]() -> Tried {
    try {
      return attempt(batch);
    } catch (const cuda::CudaError& error) {
      return {tl::unexpected(cuda::error_of(error, device)), batch / 2};
    }
  };
  for (;;) {
    Tried tried = try_one();
    const bool no_room = !tried.made && tried.made.error().code == ErrorCode::kTooLarge;
    if (!no_room || !may_shrink || tried.smaller == 0) {
      return std::move(tried.made);
    }
    batch = tried.smaller;
    warnings.push_back(
        fmt::format("{}; trying batches of up to {}", tried.made.error().message, batch));
  }
}

}  // namespace yolofleet::backend::tensorrt
