#include "darknet/cfg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "base/fail.hpp"
#include "base/files.hpp"
#include "darknet/file_kind.hpp"
#include "darknet/misfit.hpp"
#include "darknet/sections.hpp"
#include "darknet/shared_weights.hpp"
#include "darknet/warnings.hpp"
#include "graph/limits.hpp"
#include "graph/shapes.hpp"

namespace yolofleet::darknet {
namespace {

using base::fail;
using graph::Operation;
using graph::Shape;
namespace limits = graph::limits;

/// The values of [net].
struct Net {
  Shape input;
  bool letterbox = false;
};

bool is_net(const CfgSection& section) {
  return section.name == "net" || section.name == "network";
}

/// Builds the network in steps; each step relies on those before it.
class Importer {
 public:
  Importer(std::span<const CfgSection> sections, const CfgSource& source,
           const LoadOptions& options, std::vector<std::string>& warnings)
      : net_section_(sections.front()),
        layer_sections_(sections.subspan(1)),
        source_(source),
        options_(options),
        context_{source.file, options.allow_unknown_keys, warnings} {}

  Result<graph::Network> run() {
    if (auto done = check_sections(); !done) {
      return tl::unexpected(done.error());
    }
    auto net = read_net();
    if (!net) {
      return tl::unexpected(net.error());
    }
    if (auto done = convert_layers(); !done) {
      return tl::unexpected(done.error());
    }
    if (auto done = check_heads(); !done) {
      return tl::unexpected(done.error());
    }
    if (auto done = set_input_size(net->input); !done) {
      return tl::unexpected(done.error());
    }
    auto layers = infer_layers(net->input);
    if (!layers) {
      return tl::unexpected(layers.error());
    }
    return graph::Network{source_.name, net->input, net->letterbox, std::move(*layers)};
  }

 private:
  /// "file:line: [section]".
  std::string place(const CfgSection& section) const {
    return fmt::format("{}:{}: [{}]", source_.file, section.line, shown(section.name));
  }

  /// Checks the names of all sections before any key: an unknown section matters more than an
  /// unknown key of an earlier section.
  Result<void> check_sections() const {
    if (!is_net(net_section_)) {
      return fail(ErrorCode::kMalformed, "{}: the first section must be [net]",
                  place(net_section_));
    }
    for (const CfgSection& section : layer_sections_) {
      const SectionKind* const kind = find_layer_kind(section.name);
      if (is_net(section)) {
        return fail(ErrorCode::kMalformed, "{}: only the first section may be [net]",
                    place(section));
      }
      if (kind == nullptr) {
        return fail(ErrorCode::kUnsupported,
                    "{}: Darknet has no such section; the nearest known one is [{}]",
                    place(section), nearest_section(section.name));
      }
      if (kind->convert == nullptr) {
        return fail(ErrorCode::kUnsupported, "{}: this layer isn't supported; supported are {}",
                    place(section), supported_sections());
      }
    }
    return {};
  }

  Result<Net> read_net() const {
    if (const auto checked = check_net_keys(net_section_, context_); !checked) {
      return tl::unexpected(checked.error());
    }
    OptionReader reader{net_section_, source_.file, context_.warnings};
    Net net;
    net.input.width = reader.required_integer("width", {1, limits::kMaxInputSide});
    net.input.height = reader.required_integer("height", {1, limits::kMaxInputSide});
    net.input.channels = reader.required_integer("channels", {1, 3});
    if (net.input.channels == 2) {
      reader.refuse(ErrorCode::kUnsupported, "channels", "must be 1 (grey) or 3 (RGB)");
    }
    net.letterbox = reader.flag("letter_box");
    if (reader.error()) {
      return tl::unexpected(*reader.error());
    }
    return net;
  }

  Result<void> convert_layers() {
    operations_.reserve(layer_sections_.size());
    for (const CfgSection& section : layer_sections_) {
      const SectionKind& kind = *find_layer_kind(section.name);
      if (auto checked = check_layer_keys(section, kind, context_); !checked) {
        return checked;
      }
      OptionReader reader{section, source_.file, context_.warnings,
                          static_cast<int>(operations_.size())};
      operations_.push_back(kind.convert(reader));
      if (reader.error()) {
        return tl::unexpected(*reader.error());
      }
    }
    return {};
  }

  /// Checks that there is a head, and that no layer reads a head (Darknet would give that layer the
  /// head's sigmoids, we the head's input) or a [contrastive] (Darknet would give it zeros).
  Result<void> check_heads() const {
    std::set<int> class_counts;
    int heads = 0;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (const auto* const head = std::get_if<graph::Head>(&operations_[i])) {
        class_counts.insert(head->classes);
        if (++heads > limits::kMaxHeads) {
          return fail(ErrorCode::kTooLarge, "{}: more than {} heads", place(layer_sections_[i]),
                      limits::kMaxHeads);
        }
      }
      for (const int read : graph::inputs_of(operations_[i], static_cast<int>(i))) {
        if (read >= 0 && !unreadable(read).empty()) {
          return fail(ErrorCode::kUnsupported,
                      "{}: reads the {} of line {} (layer {}); only other layers can be read",
                      place(layer_sections_[i]), unreadable(read),
                      layer_sections_[index(read)].line, read);
        }
      }
    }
    if (class_counts.empty()) {
      return fail(ErrorCode::kUnsupported,
                  "{}: has no [yolo], [region] or [Gaussian_yolo] section: this is not a detector",
                  source_.file);
    }
    if (class_counts.size() > 1) {
      add_warning(context_.warnings,
                  fmt::format("{}: its heads differ in classes, from {} to {}: was one not edited?",
                              source_.file, *class_counts.begin(), *class_counts.rbegin()));
    }
    return {};
  }

  /// Applies the requested input size.
  Result<void> set_input_size(Shape& input) const {
    const auto& wanted = options_.input_size;
    if (!wanted) {
      return {};
    }
    for (const auto& [key, side] :
         {std::pair{"width", wanted->width}, {"height", wanted->height}}) {
      if (side < 1 || side > limits::kMaxInputSide) {
        return fail(ErrorCode::kInvalidArgument, "input size {}x{}: the {} must be from 1 to {}",
                    wanted->width, wanted->height, key, limits::kMaxInputSide);
      }
    }
    input.width = wanted->width;
    input.height = wanted->height;
    return {};
  }

  Result<std::vector<graph::Layer>> infer_layers(const Shape& input) {
    std::vector<graph::Layer> layers;
    layers.reserve(operations_.size());
    std::int64_t parameters = 0;
    std::int64_t flops = 0;
    std::int64_t elements = 0;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      const CfgSection& section = layer_sections_[i];
      std::vector<Shape> inputs;
      for (const int read : graph::inputs_of(operations_[i], static_cast<int>(i))) {
        inputs.push_back(read < 0 ? input : layers[index(read)].output);
      }
      if (auto fits = check_head_fits(operations_[i], inputs.front(), place(section), giver(i));
          !fits) {
        return tl::unexpected(fits.error());
      }
      const auto facts = graph::infer(operations_[i], inputs);
      if (!facts) {
        return tl::unexpected(with_fitting_sizes(
            {facts.error().code, fmt::format("{}: {}", place(section), facts.error().message)},
            operations_, input, options_.input_size.has_value()));
      }
      const auto shared =
          resolve_share_index(operations_[i], inputs.front(), layers, section, source_.file);
      if (!shared) {
        return tl::unexpected(shared.error());
      }
      parameters += facts->parameters + *shared;  // a back end may copy what is shared
      flops += facts->flops;
      elements += facts->output.elements();
      if (parameters > limits::kMaxParameters || flops > limits::kMaxFlops ||
          elements > limits::kMaxTotalElements) {
        return fail(ErrorCode::kTooLarge,
                    "{}: up to here the network has {} parameters, {} FLOPs and {} elements in its "
                    "layers' outputs; at most {}, {} and {} are allowed",
                    place(section), parameters, flops, elements, limits::kMaxParameters,
                    limits::kMaxFlops, limits::kMaxTotalElements);
      }
      layers.push_back({operations_[i], section.line, inputs.front(), facts->output,
                        facts->parameters, facts->flops});
    }
    return layers;
  }

  /// The section before layer `i`.
  const CfgSection& giver(std::size_t i) const {
    return i == 0 ? net_section_ : layer_sections_[i - 1];
  }

  /// The kind of layer that no other layer may read; empty if this one may be read.
  std::string_view unreadable(int layer) const {
    const Operation& operation = operations_[index(layer)];
    if (std::holds_alternative<graph::Head>(operation)) {
      return "head";
    }
    return std::holds_alternative<graph::Contrastive>(operation) ? "[contrastive]" : "";
  }

  static std::size_t index(int layer) { return static_cast<std::size_t>(layer); }

  const CfgSection& net_section_;
  std::span<const CfgSection> layer_sections_;
  const CfgSource& source_;
  const LoadOptions& options_;
  CheckContext context_;
  std::vector<Operation> operations_;
};

}  // namespace

Result<graph::Network> network_from_cfg(std::string_view text, const CfgSource& source,
                                        const LoadOptions& options,
                                        std::vector<std::string>& warnings) {
  const auto sections = parse_cfg(text, source.file, warnings);
  if (!sections) {
    return tl::unexpected(sections.error());
  }
  return Importer{*sections, source, options, warnings}.run();
}

Result<graph::Network> read_cfg(const std::filesystem::path& file, const LoadOptions& options,
                                std::vector<std::string>& warnings) {
  const auto text = base::read_text(file, limits::kMaxCfgBytes);
  const FileKind kind = text ? kind_of_bytes(*text) : kind_of_file(file);
  if (kind != FileKind::kCfg && kind != FileKind::kUnknown) {
    return fail(ErrorCode::kMalformed, "{}: is {}; a cfg file is needed", file.string(),
                called(kind));
  }
  if (!text) {
    return tl::unexpected(text.error());
  }
  return network_from_cfg(*text, {file.string(), file.stem().string()}, options, warnings);
}

}  // namespace yolofleet::darknet
