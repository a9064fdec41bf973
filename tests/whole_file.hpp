#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>

namespace yolofleet::testing {

/// Writes a file so that whoever reads it at the same time, another test's process perhaps, sees
/// all of it. Throws std::runtime_error.
inline void write_whole(const std::filesystem::path& file, std::span<const std::byte> bytes) {
  const std::string temporary = file.string() + '.' + std::to_string(::getpid());
  std::ofstream stream(temporary, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) {
    throw std::runtime_error("can't write " + temporary);
  }
  std::filesystem::rename(temporary, file);
}

inline void write_whole(const std::filesystem::path& file, const std::string& text) {
  write_whole(file, std::as_bytes(std::span{text.data(), text.size()}));
}

}  // namespace yolofleet::testing
