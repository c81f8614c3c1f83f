using System.Text.Json.Serialization;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>A drafter with its options bound.</summary>
internal sealed class ChosenDrafter
{
    /// <summary>The name that switches drafts off.</summary>
    public const string None = "none";

    private readonly RegisteredComponent _registered;
    private readonly object _options;

    private ChosenDrafter(RegisteredComponent registered, object options) => (_registered, _options) = (registered, options);

    /// <summary>Whether an entry names a drafter.</summary>
    public static bool IsNamed(RoleEntry entry) => entry.Use is not (null or None);

    /// <summary>Finds the drafter that an entry names; null if it names none, or if there were faults.</summary>
    public static ChosenDrafter? Choose(RoleEntry entry, PluginCatalog plugins, FaultList faults)
    {
        if (!IsNamed(entry))
        {
            Binder.Bind(entry.Node, DrafterJson.Default.NoDrafterOptions, new BindingSubject("option", "a pipeline without a drafter") { Skip = OptionsClass.ReservedNames }, faults);
            return null;
        }

        if (!plugins.TryResolve(Roles.Drafter, entry.Use!, out RegisteredComponent? registered, out string? refusal))
            faults.Add(entry.UseOrigin, $"{refusal} '{None}' switches drafts off.");
        else if (entry.BindOptions(registered.Name, registered.Options, faults) is { } options)
            return new(registered, options);

        return null;
    }

    /// <summary>Builds it.</summary>
    /// <exception cref="CompositionException">The plugin threw, or its drafts do not fit into a step.</exception>
    public TokenDrafter Create(ModelDescription model, Limits limits, DraftModels models, Action<string>? log)
    {
        DrafterBuild build = new() { Model = model, Limits = limits, OpenModel = models.Open };
        IDrafter? made = null;
        try
        {
            made = _registered.Ask("the factory", () => _registered.CreateDrafter!(_options, build) ?? throw new InvalidOperationException("it returned null"));
            int tokens = _registered.Ask(nameof(IDrafter.MaxTokens), () => made.MaxTokens), most = Math.Min(Draft.MaxTokensOfAny, limits.Rows - 1);
            return tokens >= 1 && tokens <= most ? new(made, _registered.FullName, tokens, log) { Registered = _registered, Options = _options, Model = models.Opened, ReadsHidden = build.ReadsHidden }
                : throw new CompositionException($"drafter '{_registered.FullName}': its drafts have up to {tokens} tokens; expected 1 to {most}, which a step of {limits.Rows} rows verifies");
        }
        catch
        {
            made?.Dispose();
            models.Opened?.Dispose();
            throw;
        }
    }
}

/// <summary>A pipeline without a drafter has no options for it.</summary>
internal sealed class NoDrafterOptions;

[JsonSerializable(typeof(NoDrafterOptions))]
internal sealed partial class DrafterJson : JsonSerializerContext;
