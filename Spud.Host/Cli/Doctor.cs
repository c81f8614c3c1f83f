using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Spud.Composition;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>Checks whether a pipeline would run here, and says what to do if not.</summary>
/// <param name="machine">This machine.</param>
internal sealed partial class Doctor(Machine machine)
{
    /// <summary>SHA-256 of the embedded model.</summary>
    internal const string DefaultModelHash = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

    private readonly List<DoctorCheck> _checks = [];

    /// <summary>The results of the checks.</summary>
    public DoctorReport Report => new(_checks.Count == 0 ? CheckStatus.Ok : _checks.Max(check => check.Status), machine, [.. _checks]);

    /// <summary>Checks system, CPU, memory and .NET.</summary>
    public void CheckMachine()
    {
        Add("system", CheckStatus.Ok, $"{machine.System}, {machine.Architecture}");
        Add("processor", CheckStatus.Ok, $"{machine.Processor}, {machine.Cores} {(machine.Cores == 1 ? "core" : "cores")}");
        if (Vector256.IsHardwareAccelerated || Vector128.IsHardwareAccelerated && machine.Vectors.Contains("NEON"))
            Add("vectors", CheckStatus.Ok, string.Join(", ", machine.Vectors));
        else
            Add("vectors", CheckStatus.Warn, "no AVX2 and no NEON: kernels run many times slower", "Use a processor of the last ten years, or unset DOTNET_EnableAVX2 and DOTNET_EnableHWIntrinsic.");

        Add("memory", CheckStatus.Ok, $"{Units.Bytes(machine.AvailableBytes)} available of {Units.Bytes(machine.MemoryBytes)}");
        Add(".net", CheckStatus.Ok, machine.Framework);
    }

    /// <summary>Checks whether the pipeline's model is present.</summary>
    /// <param name="named">The file; null for the embedded model.</param>
    /// <param name="deep">Whether to check the embedded model's bytes too.</param>
    public void CheckModel(string? named, bool deep)
    {
        if (named is null)
            CheckEmbeddedModel(deep);
        else if (!File.Exists(named))
            Add("model", CheckStatus.Fail, $"there is no file {named}", "Name another model with -m, or correct \"model\" in the pipeline.");
        else
            Add("model", CheckStatus.Ok, $"{named}, {Units.Bytes(new FileInfo(named).Length)}");
    }

    private void CheckEmbeddedModel(bool deep)
    {
        const string Advice = "Set SPUD_HOME to the folder that holds models/, or name a model with -m.";
        if (Places.DefaultModel() is not { } path)
        {
            Add("model", CheckStatus.Fail, $"the embedded model, models/{Places.DefaultModelName}, is neither in SPUD_HOME nor above {AppContext.BaseDirectory}", Advice);
            return;
        }

        string found = $"{path}, {Units.Bytes(new FileInfo(path).Length)}";
        if (!deep)
            Add("model", CheckStatus.Ok, $"{found} (--deep checks its bytes)");
        else if (HashOf(path) == DefaultModelHash)
            Add("model", CheckStatus.Ok, $"{found}, SHA-256 is correct");
        else
            Add("model", CheckStatus.Fail, $"{path}: its SHA-256 is not {DefaultModelHash}: the file is damaged or a different one", "Restore it: git checkout models/");
    }

    /// <summary>Loads every plugin and checks it.</summary>
    public void CheckPlugins(PluginCatalog catalog, IReadOnlyList<string> folders)
    {
        IReadOnlyList<PluginStatus> statuses = catalog.LoadAll();
        foreach (PluginStatus plugin in statuses)
        {
            CheckStatus status = plugin.State switch
            {
                PluginState.Active => CheckStatus.Ok,
                PluginState.Unavailable or PluginState.Duplicate => CheckStatus.Warn,
                _ => CheckStatus.Fail,
            };
            string state = $"{plugin.Version} {plugin.State.ToString().ToLowerInvariant()}".TrimStart();
            if (plugin.Reason is null)
                Add($"plugin {plugin.Id}", status, state);
            else
                AddRefusal($"plugin {plugin.Id}", status, $"{state}: {plugin.Reason}", $"Correct or remove {plugin.Folder}");
        }

        if (statuses.Count == 0)
            Add("plugins", CheckStatus.Fail, $"none in {string.Join(", ", folders.DefaultIfEmpty("any folder"))}", "Build the solution: dotnet build Spud.sln -c Release");
    }

    /// <summary>Checks whether a pipeline can be composed and fits into memory.</summary>
    /// <param name="modelBytes">Size of its model.</param>
    /// <param name="explain">Composes and explains the pipeline.</param>
    public void CheckPipeline(long modelBytes, Func<PipelineExplanation> explain)
    {
        // Composing unpacks weights, so it is not attempted if they cannot fit.
        if (modelBytes > machine.AvailableBytes)
        {
            Add("pipeline", CheckStatus.Fail, $"the model has {Units.Bytes(modelBytes)}, {Units.Bytes(machine.AvailableBytes)} of memory are available", "End other programs, or use a smaller model.");
            return;
        }

        try
        {
            CheckMemory(explain());
        }
        catch (Exception refused) when (Failure.Of(refused).Message.Length > 0)
        {
            AddRefusal("pipeline", CheckStatus.Fail, Failure.Of(refused).Message, "Correct what is listed, or name another pipeline or model (-p, -m).");
        }
    }

    private void CheckMemory(PipelineExplanation explanation)
    {
        MemoryExplanation memory = explanation.Memory;
        string needs = $"{explanation.Limits.ContextTokens} tokens of context take {Units.Bytes(memory.PrivateBytes)} and {Units.Bytes(memory.MappedBytes)} of the mapped model";
        if (memory.PrivateBytes > machine.AvailableBytes)
            Add("pipeline", CheckStatus.Fail, $"{needs}; {Units.Bytes(machine.AvailableBytes)} are available", "Choose a shorter context (--ctx), f16 instead of f32 for the cache, or a smaller model.");
        else if (memory.PrivateBytes + memory.MappedBytes > machine.AvailableBytes)
            Add("pipeline", CheckStatus.Warn, $"{needs}; {Units.Bytes(machine.AvailableBytes)} are available, and the model will be read from the disk again and again", "Choose a shorter context (--ctx), or a smaller model.");
        else
            Add("pipeline", CheckStatus.Ok, needs);
    }

    // Messages end with what to do. A message of several lines lists several faults, each with its own advice.
    private void AddRefusal(string name, CheckStatus status, string message, string otherwise)
    {
        int end = message.Contains('\n') ? -1 : AdviceBegins().Match(message) is { Success: true } match ? match.Index : -1;
        if (end < 0)
            Add(name, status, message, otherwise);
        else
            Add(name, status, message[..(end + 1)], message[(end + 2)..]);
    }

    [GeneratedRegex(@"[.)] (?=[A-Z][a-z]+ |Run: )")]
    private static partial Regex AdviceBegins();

    private void Add(string name, CheckStatus status, string message, string? advice = null) => _checks.Add(new(name, status, message, advice));

    private static string HashOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
