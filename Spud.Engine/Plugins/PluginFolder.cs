using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Plugins;

/// <summary>One plugin folder and the state of its plugin. Not thread-safe: the catalog is.</summary>
internal sealed class PluginFolder
{
    private PluginFolder(string path) => (Path, Id) = (path, System.IO.Path.GetFileName(path));

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    public PluginManifest? Manifest { get; private set; }

    public PluginState State { get; private set; }

    public string? Reason { get; private set; }

    public LoadedPlugin? Loaded { get; private set; }

    /// <summary>The manifest's id when the folder was found, or the folder's name; a manifest damaged later does not change it.</summary>
    public string Id { get; private set; }

    /// <summary>Whether its components can be used, as far as is known so far.</summary>
    public bool MayBeUsed => State is PluginState.Discovered or PluginState.Active;

    public PluginStatus Status => new()
    {
        Id = Id,
        Version = Manifest?.Version,
        Folder = Path,
        State = State,
        Reason = Reason,
        Notes = Notes(),
        Components = Manifest?.Components ?? FrozenDictionary<string, ImmutableArray<string>>.Empty,
        Cause = Cause,
    };

    private Exception? Cause { get; set; }

    /// <summary>The first step: reads the manifest and checks the contract range.</summary>
    public static PluginFolder Discover(string folder)
    {
        PluginFolder found = new(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder)));
        found.Attempt(found.ReadManifest);
        found.Id = found.Manifest?.Id ?? found.Id;
        return found;
    }

    public bool Offers(string role, string name) => Manifest?.Components.GetValueOrDefault(role, []).Contains(name) == true;

    public void MarkDuplicate(PluginFolder first) => Fail(new PluginException(
        PluginState.Duplicate,
        $"plugin '{Id}' was found in {first.Path} already, and that one is used. Remove one of the two folders, or give its plugin another id."));

    /// <summary>Marks the plugin as faulty: loaded code stays loaded, but pipelines no longer get components of it.</summary>
    public void MarkFaulty(string reason) => Fail(new PluginException(PluginState.Faulty, reason));

    /// <summary>Loads, probes and registers the plugin, once.</summary>
    /// <param name="codeFolder">The folder from which its files are loaded: its own, or a copy.</param>
    /// <param name="options">Settings of the catalog.</param>
    public void Load(Func<string> codeFolder, PluginCatalogOptions options)
    {
        if (State != PluginState.Discovered)
            return;
        Attempt(() =>
        {
            Loaded = PluginLoader.Load(Path, codeFolder(), Manifest!, options);
            State = PluginState.Active;
        });
    }

    /// <summary>Releases its code and starts again with the current contents of the folder.</summary>
    public void Reset()
    {
        Loaded?.Code.Dispose();
        (Loaded, Manifest, Reason, Cause, State) = (null, null, null, null, PluginState.Discovered);
        Attempt(ReadManifest);
        if (State == PluginState.Discovered && Manifest!.Id != Id)
            Fail(new PluginException(PluginState.Malformed, $"its id was '{Id}' and is '{Manifest.Id}' now. Restart the program to use it under another id."));
    }

    private void ReadManifest()
    {
        FaultList faults = new();
        ConfigObject? tree = ConfigFile.Load(System.IO.Path.Combine(Path, PluginManifest.FileName), faults);
        Manifest = tree is null ? null : ManifestReader.Read(tree, faults);
        // Checked before other faults: additions to the manifest by another contract are not known here.
        if (tree is not null && ManifestReader.RangeOf(tree) is { } range)
            RequireContract(range);

        if (Manifest is null)
            throw new PluginException(PluginState.Malformed, string.Join('\n', faults.InOrder()));
        if (File.Exists(System.IO.Path.Combine(Path, Manifest.EntryAssembly)))
            return;
        throw Manifest.Setup is { } setup
            ? new PluginException(PluginState.Unavailable, $"not set up on this machine. Run: {setup}")
            : new PluginException(PluginState.Malformed, $"{PluginManifest.FileName} names the entry assembly {Manifest.EntryAssembly}, which is not in the folder. Build the plugin, or correct entryAssembly.");
    }

    private static void RequireContract(ContractRange range)
    {
        if (range.Contains(ContractVersion.Major, ContractVersion.Minor))
            return;

        throw new PluginException(
            PluginState.Incompatible,
            $"made for contract {range}, this host has {ContractVersion.Major}.{ContractVersion.Minor}. "
            + (range.IsBelow(ContractVersion.Major, ContractVersion.Minor)
                ? "Get a newer version of the plugin, or build it against this host's contract."
                : "Update Spud, or get an older version of the plugin."));
    }

    private void Attempt(Action step)
    {
        try
        {
            step();
        }
        catch (PluginException failed)
        {
            Fail(failed);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Fail(new PluginException(PluginState.Faulty, $"its files cannot be read: {failed.Message}", failed));
        }
    }

    private void Fail(PluginException failed) => (State, Reason, Cause) = (failed.State, failed.Message, failed.InnerException);

    private ImmutableArray<string> Notes() => File.Exists(System.IO.Path.Combine(Path, PluginCode.ContractName + ".dll"))
        ? [$"carries its own {PluginCode.ContractName}.dll, which is ignored: the host's is used. Reference it with Private=\"false\" and ExcludeAssets=\"runtime\"."]
        : [];
}
