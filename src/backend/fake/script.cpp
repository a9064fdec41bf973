#include "backend/fake/script.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "base/fail.hpp"

namespace yolofleet::backend::fake {
namespace {

bool read_number(const std::string& text, std::uint64_t& value) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end;
}

std::string with_blanks(std::string text) {
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

/// False for a key that is none.
bool set_text(Script& script, const std::string& key, const std::string& value) {
  for (const auto& [name, member] : {std::pair{"kind", &Script::kind},
                                     {"unavailable", &Script::unavailable},
                                     {"open_error", &Script::open_error},
                                     {"decoder_error", &Script::decoder_error}}) {
    if (key == name) {
      script.*member = with_blanks(value);
      return true;
    }
  }
  return false;
}

/// False for a key that is none.
bool set_decoder_number(DecoderScript& decoder, const std::string& key, std::uint64_t value) {
  if (key == "decoder_batch") {
    decoder.batch = static_cast<std::size_t>(value);
  } else if (key == "decoder_threads") {
    decoder.threads = static_cast<std::size_t>(value);
  } else if (key == "decoder_delay") {
    decoder.delay = std::chrono::milliseconds{value};
  } else if (key == "decoder_blocks") {
    decoder.blocks = static_cast<std::size_t>(value);
  } else if (key == "decoder_largest") {
    decoder.largest = static_cast<std::size_t>(value);
  } else if (key == "decoder_spoils") {
    decoder.spoils = value;
  } else if (key == "decoder_fail_after") {
    decoder.fail_after = value;
  } else {
    return false;
  }
  return true;
}

/// False for a key that is none, or a value out of its range.
bool set_number(Script& script, const std::string& key, std::uint64_t value) {
  if ((key == "slots" || key == "batch" || key == "decoder_blocks" || key == "decoder_threads") &&
      value == 0) {
    return false;  // a lane without room would never end
  }
  if (key == "slots") {
    script.slots = static_cast<std::size_t>(value);
  } else if (key == "batch") {
    script.batch = static_cast<std::size_t>(value);
  } else if (key == "decodes") {
    script.decodes = value != 0;
  } else if (key == "decodes_videos") {
    script.decodes_videos = value != 0;
  } else if (key == "device_images") {
    script.device_images = value != 0;
  } else if (key == "wrong") {
    script.wrong = value != 0;
  } else if (key == "delay") {
    script.delay = std::chrono::milliseconds{value};
  } else if (key == "pixel_memory") {
    script.pixel_memory = static_cast<std::size_t>(value);
  } else if (key == "found") {
    script.found = value;
  } else if (key == "room") {
    script.room = value;
  } else if (key == "fail_after") {
    script.fail_after = value;
  } else if (key == "hang_after") {
    script.hang_after = value;
  } else {
    return set_decoder_number(script.decoder, key, value);
  }
  return true;
}

Result<Script> parse_script(const std::string& text) {
  std::istringstream words{text};
  Script script;
  words >> script.id;
  for (std::string word; words >> word;) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string key = word.substr(0, equals);
    const std::string value = word.substr(std::min(equals + 1, word.size()));
    std::uint64_t number = 0;
    const bool known = set_text(script, key, value) ||
                       (read_number(value, number) && set_number(script, key, number));
    if (!known) {
      return base::fail(ErrorCode::kInvalidArgument, "{}: \"{}\" is no KEY=VALUE of a script",
                        script.id, word);
    }
  }
  return script;
}

}  // namespace

Result<std::vector<Script>> parse_scripts(std::string_view text) {
  std::vector<Script> scripts;
  std::istringstream parts{std::string{text}};
  for (std::string part; std::getline(parts, part, ';');) {
    auto script = parse_script(part);
    if (!script) {
      return tl::unexpected(std::move(script).error());
    }
    scripts.push_back(*std::move(script));
  }
  return scripts;
}

}  // namespace yolofleet::backend::fake
