#include "darknet/support.hpp"

#include <unistd.h>

#include <cstring>
#include <fstream>
#include <stdexcept>

namespace yolofleet::darknet::test {

std::string cfg_with(std::string_view sections) {
  return std::string{kNet} + std::string{sections} + std::string{kHead};
}

Import import(std::string_view text, const LoadOptions& options) {
  std::vector<std::string> warnings;
  auto network = network_from_cfg(text, {"a.cfg", "a"}, options, warnings);
  return {std::move(network), std::move(warnings)};
}

std::string refusal_of(std::string_view text, const LoadOptions& options) {
  return refusal(import(text, options).network);
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "yolofleet-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryFolder::write(std::string_view name,
                                             std::string_view content) const {
  const std::filesystem::path file = path_ / name;
  std::ofstream stream{file, std::ios::binary};
  stream.write(content.data(), static_cast<std::streamsize>(content.size()));
  stream.close();
  if (!stream) {
    throw std::runtime_error("can't write " + file.string());
  }
  return file;
}

std::string weights_file(std::uint32_t major, std::uint32_t minor,
                         const std::vector<float>& floats) {
  std::string bytes;
  const auto add = [&](const auto& value) {
    char raw[sizeof(value)];
    std::memcpy(raw, &value, sizeof(value));
    bytes.append(raw, sizeof(value));
  };
  add(major);
  add(minor);
  add(std::uint32_t{5});
  add(std::uint32_t{32013312});  // pictures seen
  if (major * 10 + minor >= 2) {
    add(std::uint32_t{0});
  }
  for (const float value : floats) {
    add(value);
  }
  return bytes;
}

}  // namespace yolofleet::darknet::test
