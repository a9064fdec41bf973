#pragma once

#include <filesystem>
#include <string_view>

namespace yolofleet::darknet {

/// Kinds of files that people give in place of a cfg, weights or names file.
enum class FileKind { kUnknown, kCfg, kData, kWeights, kHtml, kLfsPointer, kZip, kGzip };

/// The kind of a file that starts with these bytes. kCfg: after blanks and comments comes a line
/// that starts with "[" and a letter. kData: after blanks and comments comes a line KEY=VALUE with
/// a key that Darknet reads from .data files. kWeights: the three numbers of Darknet's versions.
FileKind kind_of_bytes(std::string_view start) noexcept;

/// The kind of a file, from its first 4 KiB; kUnknown if it isn't a regular file or can't be read.
/// Never blocks.
FileKind kind_of_file(const std::filesystem::path& file);

/// "an HTML page ..." for messages. Precondition: not kUnknown.
std::string_view called(FileKind kind) noexcept;

}  // namespace yolofleet::darknet
