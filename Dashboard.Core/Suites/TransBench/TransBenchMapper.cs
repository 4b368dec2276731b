using System.Globalization;
using Crossbench.Datasets;
using Crossbench.Models;

namespace Crossbench.Suites.TransBench;

/// <summary>The mapping of one configuration. What TransBench silently changes or ignores is a problem here.</summary>
internal sealed class TransBenchMapper(IReadOnlyDictionary<string, string> given, TransBenchContext context)
{
    private const string PresetId = "transbench";
    private const string DevicePath = "training.device";
    private const string PrecisionPath = "training.precision";
    private const string TokenizerPath = "dataset.tokenizer";

    /// <summary>What TransBench always does.</summary>
    private static readonly (string Path, string Text)[] Always =
    [
        ("shape.positions", "none"), ("shape.bias", "true"), ("shape.tiedHead", "false"),
        ("training.optimizer", "adamw"), ("training.beta1", "0.9"), ("training.beta2", "0.999"), ("training.weightDecay", "0.01"), ("training.decayScope", "all"),
        ("training.clip", "1"), ("training.schedule", "cosineOpen"), ("training.accumulation", "1"),
    ];

    private readonly List<TransBenchSetting> _settings = [];
    private readonly List<SpecProblem> _problems = [];
    private readonly List<string> _notes = [];

    public TransBenchReading Map()
    {
        LookForUnknownKeys();
        Architecture();
        Dataset();
        _settings.AddRange(Always.Select(item => new TransBenchSetting(item.Path, item.Text, null)));
        foreach (var key in TransBenchKeys.All.Where(key => key.Path is not null))
        {
            Set(key.Path!, key.Name);
        }

        Set("shape.kvHeads", Has("num_kv_heads") ? "num_kv_heads" : "num_heads");
        FeedForward();
        Schedule();
        Seed();
        Device();
        Folders();
        if (!context.IsOfReport)
        {
            _notes.Add("TransBench evaluates on one batch of its training data; here the evaluation set of held-out sequences is used.");
        }

        return new TransBenchReading(_settings, _problems, _notes);
    }

    private bool Has(string key) => NameGiven(TransBenchKeys.Of(key)) is not null;

    private string? NameGiven(TransBenchKey key) => key.Aliases.Prepend(key.Name).FirstOrDefault(given.ContainsKey);

    /// <summary>The value of a key, given or by default, and the name under which it was given.</summary>
    private (string? Text, string? Name) Value(string key)
    {
        var known = TransBenchKeys.Of(key);
        return NameGiven(known) is { } name ? (given[name], name) : (known.Default, null);
    }

    private void Set(string path, string key)
    {
        if (Value(key) is (string text, var name))
        {
            _settings.Add(new TransBenchSetting(path, text, name));
        }
    }

    private void LookForUnknownKeys()
    {
        foreach (var name in given.Keys.Where(name => !TransBenchKeys.Names.Contains(name)))
        {
            var nearest = NearestWord.To(name, TransBenchKeys.Names);
            _problems.Add(new SpecProblem(name, "TransBench has no such key and would ignore it.", nearest is null ? "Remove it." : $"Did you mean {nearest}?"));
        }

        foreach (var key in TransBenchKeys.All.Where(key => key.Aliases.Prepend(key.Name).Count(given.ContainsKey) > 1))
        {
            var names = key.Aliases.Prepend(key.Name).Where(given.ContainsKey).ToArray();
            _notes.Add($"{string.Join(", ", names[1..])} {(names.Length > 2 ? "are" : "is")} not used, because {names[0]} is given; TransBench does the same.");
        }
    }

    private void Architecture()
    {
        // The first is the baseline, TransBench's default as well as ours.
        var known = ModelZoo.All.Where(item => item.TransBench is not null).OrderBy(item => item.TransBench!.IsStandIn != context.StandIns).ToList();
        var (text, name) = Value("arch");
        var found = text is null ? ModelZoo.All[0] : known.Find(item => item.TransBench!.Names.Contains(text.Trim().ToLowerInvariant()));
        if (found is null)
        {
            Unknown("architecture", name!, text!, known.SelectMany(item => item.TransBench!.Names));
            found = ModelZoo.All[0];
        }

        _settings.Add(new TransBenchSetting("architecture.id", found.Id, name));
        var preset = found.Presets.First(preset => preset.Id == PresetId).Settings;
        _settings.AddRange(preset.Where(pair => pair.Key.StartsWith("architecture.", StringComparison.Ordinal)).Select(pair => new TransBenchSetting(pair.Key, pair.Value, null)));
        Options("architecture", found.TransBench!);
    }

    private void Dataset()
    {
        var all = DatasetCatalog.All.Where(item => item.TransBench is not null).ToList();
        var (text, name) = Value("dataset");
        var found = all.Find(item => item.TransBench!.Names.Contains(text!.Trim().ToLowerInvariant()));
        if (found is null)
        {
            Unknown("dataset", name!, text!, all.SelectMany(item => item.TransBench!.Names));
            found = all[0];
        }

        _settings.Add(new TransBenchSetting("dataset.id", found.Id, name));
        Options("dataset", found.TransBench!);
        Tokenizer();
    }

    private void Options(string section, TransBenchForm form)
    {
        _settings.AddRange(form.Fixed.Select(item => new TransBenchSetting($"{section}.{item.Option}", item.Value, null)));
        foreach (var (key, option) in form.Keys)
        {
            Set($"{section}.{option}", key);
        }

        if (form.Note is { } note)
        {
            _notes.Add(note);
        }
    }

    private void Unknown(string what, string name, string text, IEnumerable<string> known)
    {
        var words = known.Distinct().ToArray();
        var nearest = NearestWord.To(text, words);
        _problems.Add(new SpecProblem(name, $"\"{text}\" is no {what} of TransBench.", nearest is null ? $"Give one of {string.Join(", ", words)}." : $"Did you mean {nearest}?"));
    }

    /// <summary>Of the tokenizers that TransBench fetches by name, GPT-2's is here.</summary>
    private void Tokenizer()
    {
        if (_settings.Find(setting => setting.Path == TokenizerPath) is not { } chosen)
        {
            return;
        }

        var isHere = chosen.Text.Trim() is "gpt2" or "openai-community/gpt2";
        _settings[_settings.IndexOf(chosen)] = chosen with { Text = "gpt2" };
        if (!isHere && !context.Overrides.ContainsKey(TokenizerPath))
        {
            _problems.Add(new SpecProblem(chosen.Key!, $"The tokenizer \"{chosen.Text}\" is not here.", "Use gpt2, or save its tokenizer.json and add --set dataset.tokenizer=file --set dataset.tokenizerFile=PATH."));
        }
    }

    /// <summary>The inner width is the product, cut to a whole number.</summary>
    private void FeedForward()
    {
        var (multiple, width) = (Value("ffn_mult"), Value("hidden_size"));
        if (!Number(multiple, out var factor) | !Whole(width, "hidden_size", out var size))
        {
            return;
        }

        var inner = Math.Clamp(Math.Truncate(size * factor), long.MinValue / 2, long.MaxValue / 2);
        _settings.Add(new TransBenchSetting("shape.ffn", ((long)inner).ToString(CultureInfo.InvariantCulture), multiple.Name ?? width.Name));
    }

    /// <summary>Warm-up comes before the steps and is not counted among them.</summary>
    private void Schedule()
    {
        var (warmup, steps) = (Value("warmup"), Value("steps"));
        if (!Whole(warmup, "warmup", out var rising) | !Whole(steps, "steps", out var training))
        {
            return;
        }

        if (rising < 0)
        {
            _problems.Add(new SpecProblem(warmup.Name!, $"{rising} is below 0; TransBench would take 0.", "Give 0 or more."));
        }

        if (training < 1)
        {
            _problems.Add(new SpecProblem(steps.Name!, $"{training} is below 1; TransBench would take 1.", "Give 1 or more."));
        }

        if (rising >= 0 && training >= 1)
        {
            _settings.Add(new TransBenchSetting("training.warmup", warmup.Text!, warmup.Name));
            _settings.Add(new TransBenchSetting("training.steps", ((Int128)rising + training).ToString(CultureInfo.InvariantCulture), steps.Name));
        }
    }

    private void Seed()
    {
        Set("seed", "seed");
        if (!Has("seed"))
        {
            _notes.Add("No seed is given: TransBench takes another one in every process; here it is 0. A seed here also draws initial weights and noise, which TransBench never seeds.");
        }
    }

    private void Device()
    {
        var (device, name) = Value("device");
        if (device is null && !context.Overrides.ContainsKey(DevicePath))
        {
            _notes.Add("No device is given: TransBench takes a GPU where there is one; here it is the CPU, unless --set training.device=cuda says otherwise.");
        }

        _settings.Add(new TransBenchSetting(DevicePath, device ?? "cpu", name));
        Precision(context.Overrides.GetValueOrDefault(DevicePath) ?? device ?? "cpu");
    }

    private void Precision(string device)
    {
        var (text, name) = Value("dtype");
        switch (text?.Trim().ToLowerInvariant())
        {
            case null when device.StartsWith("cuda", StringComparison.Ordinal):
                _settings.Add(new TransBenchSetting(PrecisionPath, "bf16", null));
                _notes.Add("No dtype is given: as in TransBench it is bfloat16 on a GPU.");
                break;
            case null or "float32" or "fp32":
                _settings.Add(new TransBenchSetting(PrecisionPath, "fp32", name));
                break;
            case "bfloat16" or "bf16":
                _settings.Add(new TransBenchSetting(PrecisionPath, "bf16", name));
                _notes.Add("bfloat16: TransBench rounds weights and the optimiser's state too; here matrix products are in bfloat16, weights and sums in 32 bits.");
                break;
            case "float16" or "fp16" when !context.Overrides.ContainsKey(PrecisionPath):
                _problems.Add(new SpecProblem(name!, $"\"{text}\" is refused: weights and optimiser state in 16 bits without loss scaling end in NaN.", "Give bfloat16 or float32, or add --set training.precision=fp32."));
                break;
            case var _ when !context.Overrides.ContainsKey(PrecisionPath):
                _problems.Add(new SpecProblem(name!, $"\"{text}\" is no number format of TransBench.", "Give float32 or bfloat16."));
                break;
        }
    }

    private void Folders()
    {
        if (given.ContainsKey("cache_dir") || given.ContainsKey("offline"))
        {
            _notes.Add("cache_dir and offline change nothing here: data are in the data folder, and only ./run prepare goes to the network.");
        }
    }

    private bool Whole((string? Text, string? Name) value, string key, out long number)
    {
        var isWhole = long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
        if (!isWhole && value.Name is not null && TransBenchKeys.Of(key).Path is null)
        {
            _problems.Add(new SpecProblem(value.Name, $"\"{value.Text}\" is not a whole number.", "Give a whole number."));
        }

        return isWhole;
    }

    private bool Number((string? Text, string? Name) value, out double number)
    {
        var isNumber = double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
        if (!isNumber)
        {
            _problems.Add(new SpecProblem(value.Name!, $"\"{value.Text}\" is not a number.", "Give the feed-forward width as a multiple of hidden_size."));
        }

        return isNumber;
    }
}
