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
    private readonly string? _pack;

    private ChosenDrafter(RegisteredComponent registered, object options, string? pack) => (_registered, _options, _pack) = (registered, options, pack);

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
            return new(registered, options, entry.Pack);

        return null;
    }

    /// <summary>Builds it.</summary>
    /// <param name="components">Builds the pipeline's components.</param>
    /// <param name="models">Opens a draft model.</param>
    /// <exception cref="CompositionException">The plugin threw, its pack is not usable, or its drafts do not fit into a step.</exception>
    public TokenDrafter Create(ComponentBuilder components, DraftModels models)
    {
        (Limits limits, MemoryAccount memory) = (components.Limits, new MemoryAccount());
        IDrafter? made = null;
        BuildContext? context = null;
        try
        {
            context = components.ContextOf(_registered, _pack, memory);
            DrafterBuild build = new() { Model = components.Model, Limits = limits, Context = context, OpenModel = models.Open };
            made = _registered.Ask("the factory", () => _registered.CreateDrafter!(_options, build) ?? throw new InvalidOperationException("it returned null"));
            int tokens = _registered.Ask(nameof(IDrafter.MaxTokens), () => made.MaxTokens), most = Math.Min(Draft.MaxTokensOfAny, limits.Rows - 1);
            RowCost cost = made is IComputesDrafts computes ? _registered.Ask(nameof(computes.TokenCost), () => RowCostCheck.Require(computes.TokenCost, nameof(computes.TokenCost))) : default;
            ComponentBuilder.RequireRead(context.PackFile, context, $"{Roles.Drafter} '{_registered.FullName}'");
            return tokens >= 1 && tokens <= most
                ? new(made, _registered.FullName, tokens, components.Log) { Registered = _registered, Options = _options, Model = models.Opened, ReadsHidden = build.ReadsHidden, Memory = memory, Pack = context.PackFile, Cost = cost }
                : throw new CompositionException($"drafter '{_registered.FullName}': its drafts have up to {tokens} tokens; expected 1 to {most}, which a step of {limits.Rows} rows verifies");
        }
        catch
        {
            made?.Dispose();
            models.Opened?.Dispose();
            context?.PackFile?.Dispose();
            memory.Dispose();
            throw;
        }
    }
}

/// <summary>A pipeline without a drafter has no options for it.</summary>
internal sealed class NoDrafterOptions;

[JsonSerializable(typeof(NoDrafterOptions))]
internal sealed partial class DrafterJson : JsonSerializerContext;
