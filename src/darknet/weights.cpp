#include "darknet/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

#include "base/fail.hpp"
#include "darknet/file_kind.hpp"
#include "darknet/warnings.hpp"
#include "graph/fold_batch_normalization.hpp"

namespace yolofleet::darknet {
namespace {

using base::fail;

constexpr std::uintmax_t kShortHeader = 16;
constexpr std::uintmax_t kLongHeader = 20;

static_assert(std::endian::native == std::endian::little, "floats are read to their places as is");

/// An open regular file that is read from front to back.
class Source {
 public:
  static Result<Source> open(const std::filesystem::path& path) {
    std::error_code error;
    if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) {
      return fail(ErrorCode::kIo, "{}: is not a regular file", path.string());
    }
    std::FILE* const file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
      const int reason = errno;
      return fail(reason == ENOENT || reason == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo,
                  "{}: can't be read: {}", path.string(), std::strerror(reason));
    }
    Source source{path.string(), file};
    source.size_ = std::filesystem::file_size(path, error);
    if (error) {
      return fail(ErrorCode::kIo, "{}: can't be read: {}", path.string(), error.message());
    }
    return source;
  }

  const std::string& name() const noexcept { return name_; }
  std::uintmax_t size() const noexcept { return size_; }

  /// Reads 32-bit values: floats or whole numbers.
  template <typename T>
  Result<void> read(std::span<T> values) {
    static_assert(sizeof(T) == sizeof(std::uint32_t));
    if (std::fread(values.data(), sizeof(T), values.size(), file_.get()) != values.size()) {
      return fail(ErrorCode::kIo, "{}: can't be read to its end: {}", name_,
                  std::ferror(file_.get()) != 0 ? std::strerror(errno) : "it became shorter");
    }
    return {};
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  Source(std::string name, std::FILE* file) : name_(std::move(name)), file_(file) {}

  std::string name_;
  std::unique_ptr<std::FILE, Close> file_;
  std::uintmax_t size_ = 0;
};

/// Reads the header and gives its length.
Result<std::uintmax_t> read_header(Source& source) {
  // Far above any version of Darknet (0.2.5 is the last). A file with a higher number in this place
  // isn't a Darknet weights file.
  constexpr std::uint32_t kMostVersion = 1000;
  if (source.size() < kShortHeader) {
    return fail(ErrorCode::kMalformed,
                "{}: {} bytes: this is not a Darknet weights file, whose header alone has {} or {}",
                source.name(), source.size(), kShortHeader, kLongHeader);
  }
  std::array<std::uint32_t, 3> version{};
  if (auto read = source.read<std::uint32_t>(version); !read) {
    return tl::unexpected(read.error());
  }
  const auto [major, minor, revision] = version;
  if (major > kMostVersion || minor > kMostVersion) {
    return fail(ErrorCode::kMalformed,
                "{}: this is not a Darknet weights file: its header would say version {}.{}.{}",
                source.name(), major, minor, revision);
  }
  const bool seen_is_64_bits = major * 10 + minor >= 2;
  std::array<std::uint32_t, 2> seen{};
  if (seen_is_64_bits && source.size() < kLongHeader) {
    return fail(ErrorCode::kMalformed, "{}: {} bytes: the header of version {}.{} alone has {}",
                source.name(), source.size(), major, minor, kLongHeader);
  }
  if (auto read = source.read(std::span<std::uint32_t>{seen}.first(seen_is_64_bits ? 2 : 1));
      !read) {
    return tl::unexpected(read.error());
  }
  return seen_is_64_bits ? kLongHeader : kShortHeader;
}

/// Consecutive floats of the file, and the vector that they are read into.
struct Array {
  std::string_view name;
  std::vector<float>* values = nullptr;
  std::size_t count = 0;
};

/// The arrays of a layer in the file's order.
struct ArraysOf {
  std::size_t parameters = 0;

  template <typename Op>
  std::vector<Array> operator()(Op& /*has no weights*/) const {
    return {};
  }
  std::vector<Array> operator()(graph::Convolution& op) const {
    if (op.share_index) {
      return {};
    }
    const auto filters = static_cast<std::size_t>(op.filters);
    graph::ConvolutionWeights& weights = op.weights;
    std::vector<Array> arrays{{"bias", &weights.bias, filters}};
    if (op.batch_normalize) {
      arrays.push_back({"scale", &weights.scale, filters});
      arrays.push_back({"mean", &weights.mean, filters});
      arrays.push_back({"variance", &weights.variance, filters});
    }
    arrays.push_back({"kernel", &weights.kernel, parameters - arrays.size() * filters});
    return arrays;
  }
  std::vector<Array> operator()(graph::Shortcut& op) const {
    return {{"weights", &op.weights, parameters}};
  }
};

std::vector<Array> arrays_of(graph::Layer& layer) {
  return std::visit(ArraysOf{static_cast<std::size_t>(layer.parameters)}, layer.operation);
}

/// "layer 3 ([convolutional] of line 40)".
std::string called(std::size_t index, const graph::Layer& layer) {
  return fmt::format("layer {} ([{}] of line {})", index, kind_of(layer.operation), layer.line);
}

/// The error for a file that is too short; it names the layer in which the file ends. Precondition:
/// the file is too short.
Error too_short(const Source& source, const graph::Network& network, std::uintmax_t header) {
  std::uintmax_t end = header;
  std::size_t index = 0;
  std::uintmax_t needed = 0;
  for (const graph::Layer& layer : network.layers()) {
    needed = static_cast<std::uintmax_t>(layer.parameters) * sizeof(float);
    if (end + needed > source.size()) {
      break;
    }
    end += needed;
    ++index;
  }
  const std::uintmax_t all =
      header + static_cast<std::uintmax_t>(network.parameters()) * sizeof(float);
  return {ErrorCode::kMismatch,
          fmt::format("{}: too short: {} needs {} bytes of weights, there are {}. The file ends in "
                      "{}, which needs {} bytes and gets {}. It is cut off or of another model",
                      source.name(), network.name(), all, source.size(),
                      called(index, network.layers()[index]), needed, source.size() - end)};
}

/// The index of the first value that isn't finite or that isn't over `bound`; the number of values
/// if there is none.
std::size_t first_bad(std::span<const float> values, double bound) {
  // Without a branch in the loop, the compiler vectorises it.
  constexpr std::uint32_t kExponent = 0x7F800000U;
  std::uint32_t bad = 0;
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    bad |= static_cast<std::uint32_t>((bits & kExponent) == kExponent);
    bad |= static_cast<std::uint32_t>(!(static_cast<double>(value) > bound));
  }
  if (bad == 0) {
    return values.size();
  }
  const auto found = std::find_if(values.begin(), values.end(), [&](float value) {
    return !std::isfinite(value) || !(static_cast<double>(value) > bound);
  });
  return static_cast<std::size_t>(found - values.begin());
}

Result<void> read_layer(Source& source, std::size_t index, graph::Layer& layer) {
  for (const Array& array : arrays_of(layer)) {
    array.values->resize(array.count);
    if (auto read = source.read<float>(*array.values); !read) {
      return read;
    }
    // Training leaves variances a little under 0. Their sum with the epsilon matters.
    const bool is_variance = array.name == "variance";
    const double bound =
        is_variance ? -graph::kBatchNormalizationEpsilon : -std::numeric_limits<double>::infinity();
    const std::size_t bad = first_bad(*array.values, bound);
    if (bad < array.count) {
      return fail(ErrorCode::kMalformed,
                  "{}: {}: {} number {} (of {}) is {}; must be finite{}. The file is damaged or of "
                  "another model",
                  source.name(), called(index, layer), array.name, bad, array.count,
                  (*array.values)[bad], is_variance ? fmt::format(" and over {}", bound) : "");
    }
  }
  return {};
}

}  // namespace

Result<void> read_weights(const std::filesystem::path& file, graph::Network& network,
                          bool allow_trailing, std::vector<std::string>& warnings) {
  auto source = Source::open(file);
  if (!source) {
    return tl::unexpected(source.error());
  }
  const FileKind kind = kind_of_file(file);
  if (kind != FileKind::kWeights && kind != FileKind::kUnknown) {
    return fail(ErrorCode::kMalformed, "{}: is {}; a Darknet weights file is needed",
                source->name(), called(kind));
  }
  const auto header = read_header(*source);
  if (!header) {
    return tl::unexpected(header.error());
  }
  const std::uintmax_t needed =
      *header + static_cast<std::uintmax_t>(network.parameters()) * sizeof(float);
  if (source->size() < needed) {
    return tl::unexpected(too_short(*source, network, *header));
  }
  if (source->size() > needed) {
    const std::string message =
        fmt::format("{}: {} bytes, {} more than the {} that {} needs", source->name(),
                    source->size(), source->size() - needed, needed, network.name());
    if (!allow_trailing) {
      return fail(ErrorCode::kMismatch, "{}: it is of another model", message);
    }
    add_warning(warnings, message + ": the rest is ignored");
  }
  std::size_t index = 0;
  for (graph::Layer& layer : network.layers()) {
    if (auto read = read_layer(*source, index, layer); !read) {
      return read;
    }
    ++index;
  }
  return {};
}

}  // namespace yolofleet::darknet
