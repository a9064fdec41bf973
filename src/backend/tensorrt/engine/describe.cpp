#include "backend/tensorrt/engine/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

#include "backend/tensorrt/engine/obtain.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

/// The lines "name value" of a key, by name. A value may contain blanks.
std::map<std::string_view, std::string_view> lines_of(std::string_view text) {
  std::map<std::string_view, std::string_view> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t blank = line.find(' ');
    if (blank != std::string_view::npos) {
      lines.emplace(line.substr(0, blank), line.substr(blank + 1));
    }
  }
  return lines;
}

/// Reads values of a key and notes the first that is missing or malformed.
class KeyReader {
 public:
  explicit KeyReader(std::string_view text) : lines_(lines_of(text)) {}

  void read(std::string_view name, std::string& value) {
    const auto found = lines_.find(name);
    if (found == lines_.end()) {
      reject(name);
    } else {
      value = found->second;
    }
  }

  void read(std::string_view name, int& value) {
    std::string text;
    read(name, text);
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (problem_.empty() && (error != std::errc() || rest != end)) {
      reject(name);
    }
  }

  /// Empty, or the message about that value.
  const std::string& problem() const noexcept { return problem_; }

 private:
  void reject(std::string_view name) {
    if (problem_.empty()) {
      problem_ = fmt::format("its key has no valid value for \"{}\"", name);
    }
  }

  std::map<std::string_view, std::string_view> lines_;
  std::string problem_;
};

}  // namespace

CachedEngine describe(const CacheEntry& entry) {
  CachedEngine engine;
  engine.file = entry.file;
  engine.bytes = entry.bytes;
  engine.problem = entry.problem;
  if (!engine.problem.empty()) {
    return engine;
  }
  KeyReader key{entry.key.text};
  engine.model = entry.key.model;
  key.read("device", engine.device_kind);
  key.read("tensorrt", engine.tensorrt);
  key.read("yolofleet", engine.yolofleet);
  key.read("precision", engine.precision);
  key.read("mish", engine.mish);
  key.read("max_batch", engine.batch);
  key.read("max_detections", engine.max_detections);
  key.read("level", engine.build_level);
  int builder = 0;
  key.read("builder", builder);
  engine.problem = key.problem();
  if (engine.problem.empty() && builder != kBuilderRevision) {
    engine.problem = fmt::format("was built by builder revision {}; this program has revision {}",
                                 builder, kBuilderRevision);
  }
  return engine;
}

}  // namespace yolofleet::backend::tensorrt
