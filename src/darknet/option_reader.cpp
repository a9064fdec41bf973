#include "darknet/option_reader.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

#include "graph/limits.hpp"

namespace yolofleet::darknet {
namespace {

/// The number that `text` starts with, as Darknet's atoi and atof read it; nothing if it starts
/// with none, or if there is a "=" after it, which makes it two options in one line.
template <typename T>
std::optional<Numeral<T>> parse(std::string_view text) {
  const std::string_view whole = text;
  if (text.starts_with('+') && !text.starts_with("+-")) {
    text.remove_prefix(1);  // from_chars doesn't accept it
  }
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || text.find('=') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto length = static_cast<std::size_t>(end - whole.data());
  return Numeral<T>{value, whole.substr(0, length), whole.substr(length)};
}

/// About a missing number, in messages.
constexpr std::string_view kReadAsZero = "; Darknet reads 0 there";

std::string must_be(const char* kind, Range<int> allowed) {
  return fmt::format("must be {} from {} to {}", kind, allowed.least, allowed.most);
}

std::string must_be(const char* kind, Range<float> allowed) {
  return fmt::format("must be {} from {} to {}", kind, allowed.least, allowed.most);
}

std::optional<Numeral<int>> number_in(std::string_view text, Range<int> allowed) {
  const auto read = parse<int>(text);
  return read && read->value >= allowed.least && read->value <= allowed.most ? read : std::nullopt;
}

std::optional<Numeral<float>> number_in(std::string_view text, Range<float> allowed) {
  const auto read = parse<double>(text);
  // atof would read it to its end.
  const bool is_hexadecimal =
      read && (read->rest.starts_with('x') || read->rest.starts_with('X')) && read->value == 0.0;
  if (!read || !std::isfinite(read->value) || is_hexadecimal) {
    return std::nullopt;
  }
  const auto rounded = static_cast<float>(read->value);
  return rounded >= allowed.least && rounded <= allowed.most
             ? std::optional{Numeral<float>{rounded, read->taken, read->rest}}
             : std::nullopt;
}

}  // namespace

int OptionReader::integer(std::string_view key, int fallback, Range<int> allowed) {
  const CfgOption* const option = section_.find(key);
  if (option == nullptr) {
    return fallback;
  }
  const auto read = number_in(option->value, allowed);
  if (!read) {
    refuse(ErrorCode::kMalformed, key, must_be("a whole number", allowed));
    return fallback;
  }
  return without_rest(key, *read);
}

int OptionReader::required_integer(std::string_view key, Range<int> allowed) {
  if (!has(key)) {
    refuse(ErrorCode::kMalformed, key, must_be("a whole number", allowed));
  }
  return integer(key, allowed.least, allowed);
}

bool OptionReader::flag(std::string_view key) {
  constexpr int kMost = 1'000'000;
  return integer(key, 0, {-kMost, kMost}) != 0;
}

float OptionReader::number(std::string_view key, float fallback, Range<float> allowed) {
  const CfgOption* const option = section_.find(key);
  if (option == nullptr) {
    return fallback;
  }
  const auto read = number_in(option->value, allowed);
  if (!read) {
    refuse(ErrorCode::kMalformed, key, must_be("a number", allowed));
    return fallback;
  }
  return without_rest(key, *read);
}

std::vector<std::string_view> OptionReader::parts(std::string_view key, std::size_t most) {
  const CfgOption* const option = section_.find(key);
  if (option == nullptr || option->value.empty()) {
    refuse(ErrorCode::kMalformed, key, "must be a comma-separated list of numbers");
    return {};
  }
  std::string_view rest = option->value;
  const auto commas = std::count(rest.begin(), rest.end(), ',');
  const auto count = static_cast<std::size_t>(rest.back() == ',' ? commas : commas + 1);
  if (count > most) {
    refuse(ErrorCode::kTooLarge, key,
           fmt::format("a list of {}; at most {} are allowed", count, most));
    return {};
  }
  std::vector<std::string_view> found;
  for (;;) {
    const std::size_t comma = rest.find(',');
    found.push_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) {
      return found;
    }
    rest.remove_prefix(comma + 1);
  }
}

std::vector<int> OptionReader::integers(std::string_view key, Range<int> allowed,
                                        std::size_t most) {
  return numbers_of(key, parts(key, most), must_be("a whole number", allowed), allowed);
}

std::vector<float> OptionReader::numbers(std::string_view key, Range<float> allowed,
                                         std::size_t most) {
  std::vector<std::string_view> found = parts(key, most);
  if (found.size() > 1 && found.back().empty()) {
    found.pop_back();
  }
  return numbers_of(key, found, must_be("a number", allowed), allowed);
}

template <typename T>
std::vector<T> OptionReader::numbers_of(std::string_view key,
                                        std::span<const std::string_view> found,
                                        std::string_view must, Range<T> allowed) {
  std::vector<T> values;
  values.reserve(found.size());
  for (const std::string_view part : found) {
    const auto read = number_in(part, allowed);
    if (!read) {
      refuse(ErrorCode::kMalformed, key,
             fmt::format("\"{}\" {}{}", shown(part), must, part.empty() ? kReadAsZero : ""));
    }
    values.push_back(read ? without_rest(key, *read) : T{});
  }
  return values;
}

template <typename T>
T OptionReader::without_rest(std::string_view key, const Numeral<T>& read) {
  if (!read.rest.empty()) {
    warn(key, fmt::format("{} is taken, as in Darknet; \"{}\" after it is left out",
                          shown(read.taken), shown(read.rest)));
  }
  return read.value;
}

std::vector<int> OptionReader::earlier_layers(std::string_view key) {
  if (index_ == 0) {
    refuse(ErrorCode::kMalformed, key, "this is the first layer: there is none before it");
    return {};
  }
  std::vector<int> layers;
  for (const std::string_view part : parts(key, graph::limits::kMaxSources)) {
    const auto read = number_in(part, Range<int>{-index_, index_ - 1});
    if (!read) {
      refuse(ErrorCode::kMalformed, key,
             fmt::format("\"{}\" is no layer before this one, which is layer {}: allowed are 0 to "
                         "{}, or -1 to -{} counted back from it{}",
                         shown(part), index_, index_ - 1, index_, part.empty() ? kReadAsZero : ""));
    }
    const int layer = read ? without_rest(key, *read) : 0;
    layers.push_back(layer < 0 ? index_ + layer : layer);
  }
  return layers;
}

int OptionReader::earlier_layer(std::string_view key) {
  const std::vector<int> layers = earlier_layers(key);
  if (layers.size() != 1) {
    refuse(ErrorCode::kMalformed, key, "must be exactly one layer");
    return 0;
  }
  return layers.front();
}

graph::Activation OptionReader::activation(graph::Activation fallback,
                                           std::initializer_list<graph::Activation> unsupported) {
  const CfgOption* const option = section_.find("activation");
  if (option == nullptr) {
    return fallback;
  }
  const auto is_allowed = [&](graph::Activation activation) {
    return std::find(unsupported.begin(), unsupported.end(), activation) == unsupported.end();
  };
  const auto found = graph::activation_from(option->value);
  if (found && is_allowed(*found)) {
    return *found;
  }
  std::string list;
  for (const graph::ActivationEntry& entry : graph::kActivations) {
    if (is_allowed(entry.activation)) {
      list.append(list.empty() ? "" : ", ").append(entry.name);
    }
  }
  refuse(ErrorCode::kUnsupported, "activation", fmt::format("must be one of {}", list));
  return fallback;
}

graph::Blur OptionReader::blur() {
  // Darknet treats any number except 0 as 1.
  constexpr std::array kBlurs{graph::Blur{}, graph::kBinomialBlur, graph::kBoxBlur};
  constexpr int kMost = static_cast<int>(kBlurs.size()) - 1;
  const int kind = integer("antialiasing", 0, {0, kMost});
  return kBlurs[static_cast<std::size_t>(std::clamp(kind, 0, kMost))];
}

void OptionReader::refuse(ErrorCode code, std::string_view key, std::string_view why) {
  if (!error_) {
    error_ = Error{code, message(key, why)};
  }
}

std::string OptionReader::message(std::string_view key, std::string_view why) const {
  const CfgOption* const option = section_.find(key);
  if (option == nullptr) {
    return fmt::format("{}:{}: [{}]: {} is missing: {}", file_, section_.line, shown(section_.name),
                       key, why);
  }
  return fmt::format("{}:{}: [{}] {}={}: {}", file_, option->line, shown(section_.name), key,
                     shown(option->value), why);
}

}  // namespace yolofleet::darknet
