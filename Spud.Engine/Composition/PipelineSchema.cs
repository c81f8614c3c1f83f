using System.Text.Json.Nodes;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>
/// The JSON schema (draft 2020-12) of a pipeline over a set of registered components, for editors. It states the rules of <see cref="PipelineReader"/>
/// and the binder, except rules between entries of an array.
/// </summary>
public static class PipelineSchema
{
    private const string Layer = "(0|[1-9][0-9]{0,3})";
    private const string Layers = $" *{Layer} *(- *{Layer}? *)?";

    /// <summary>The schema over the components of all usable plugins; loads them all.</summary>
    public static JsonObject Of(PluginCatalog plugins)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        plugins.LoadAll();
        return OfLoaded(plugins);
    }

    /// <summary>The schema over the components of the loaded plugins: what a running pipeline can be changed to at once.</summary>
    public static JsonObject OfLoaded(PluginCatalog plugins)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        return Create(
        [
            .. plugins.Registered.Select(component => new ComponentOptions(component.Role, component.Name, component.Options)
            {
                Plugin = component.PluginId,
                IsDefault = component.Role != Roles.Fold && !Roles.Beside.Contains(component.Role) && ComponentChoice.DefaultOf(component.Role, plugins) is { } name && (name == component.FullName || name == component.Name),
            }),
        ]);
    }

    /// <summary>A single document that contains the components as definitions.</summary>
    internal static JsonObject Create(IReadOnlyCollection<ComponentOptions> components)
    {
        JsonObject schema = OptionsSchema.Of(PipelineJson.Default.PipelineSettings, "#");
        JsonObject members = schema["properties"]!.AsObject();
        JsonObject definitions = [];
        string[] folds = Folds([.. components.Where(component => component.Role == Roles.Fold)], definitions);
        foreach (string role in Roles.All)
            members[role] = OfRole(role, [.. components.Where(component => component.Role == role)], definitions, role == Roles.Attention ? folds : []);
        ComponentOptions[] schedulers = [new(Roles.Scheduler, FifoScheduler.Name, SchedulerJson.Default.FifoOptions) { IsDefault = true }, .. components.Where(component => component.Role == Roles.Scheduler)];
        members[Roles.Scheduler] = new JsonObject { ["oneOf"] = Alternatives(Roles.Scheduler, schedulers, inArray: false, definitions, []) };
        ComponentOptions[] drafters = [new(Roles.Drafter, ChosenDrafter.None, DrafterJson.Default.NoDrafterOptions), .. components.Where(component => component.Role == Roles.Drafter)];
        members[Roles.Drafter] = new JsonObject { ["oneOf"] = Alternatives(Roles.Drafter, drafters, inArray: false, definitions, []) };
        ComponentOptions[] depths = [new(Roles.Depth, ChosenDepth.None, DepthJson.Default.NoDepthOptions), .. components.Where(component => component.Role == Roles.Depth)];
        members[Roles.Depth] = new JsonObject { ["oneOf"] = Alternatives(Roles.Depth, depths, inArray: false, definitions, []) };
        members["$schema"] = new JsonObject { ["type"] = "string" };
        schema["definitions"] = definitions;
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "A pipeline of Spud");
        return schema;
    }

    private static JsonObject OfRole(string role, ComponentOptions[] components, JsonObject definitions, string[] folds)
    {
        if (components.Length == 0)
            return new JsonObject { ["not"] = new JsonObject() }; // never set
        JsonArray alternatives = Alternatives(role, components, inArray: false, definitions, folds);
        if (Role.Of(role).DiffersByLayer)
        {
            alternatives.Add((JsonNode)new JsonObject
            {
                ["type"] = "array",
                ["minItems"] = 1,
                ["items"] = new JsonObject { ["oneOf"] = Alternatives(role, components, inArray: true, definitions, folds) },
            });
        }

        return new JsonObject { ["oneOf"] = alternatives };
    }

    /// <summary>Defines the fold decorators; returns the names of their definitions.</summary>
    private static string[] Folds(ComponentOptions[] components, JsonObject definitions)
    {
        List<string> keys = [];
        foreach (ComponentOptions component in components)
        {
            string[] names = Names(component, components);
            string key = $"{Roles.Fold}.{names[^1].Replace('/', '.')}";
            definitions[key] = Component(component, names, inArray: false, $"#/definitions/{key}", folds: []);
            keys.Add(key);
        }

        return [.. keys];
    }

    private static JsonArray Alternatives(string role, ComponentOptions[] components, bool inArray, JsonObject definitions, string[] folds)
    {
        string[] all = [.. components.SelectMany(component => Names(component, components)).Distinct()];
        JsonArray alternatives = [new JsonObject { ["enum"] = Strings(all) }];
        foreach (ComponentOptions component in components)
        {
            string[] names = Names(component, components);
            string key = $"{role}.{names[^1].Replace('/', '.')}{(inArray ? ".entry" : "")}";
            definitions[key] = Component(component, names, inArray, $"#/definitions/{key}", folds);
            alternatives.Add((JsonNode)new JsonObject { ["$ref"] = $"#/definitions/{key}" });
        }

        return alternatives;
    }

    private static JsonObject Component(ComponentOptions component, string[] names, bool inArray, string place, string[] folds)
    {
        JsonObject schema = OptionsSchema.Of(component.Options, place);
        JsonObject members = schema["properties"] as JsonObject ?? [];
        schema["properties"] = members;
        members.Insert(0, "use", new JsonObject { ["enum"] = Strings(names) });
        if (component.Role != Roles.Scheduler && component.Name is not (ChosenDrafter.None or ChosenDepth.None))
            members["pack"] = new JsonObject { ["type"] = "string", ["minLength"] = 1 };
        bool isDepth = component.Role == Roles.Depth && component.Plugin is not null;
        if (inArray || isDepth)
            members["layers"] = new JsonObject { ["type"] = new JsonArray("string", "integer"), ["pattern"] = $"^{Layers}(,{Layers})*$", ["minimum"] = 0, ["maximum"] = LayerSet.HighestLayer };
        if (inArray)
        {
            members["phase"] = new JsonObject { ["enum"] = Strings(["prefill", "decode"]) };
        }

        if (folds.Length > 0)
        {
            members["fold"] = new JsonObject
            {
                ["type"] = "array",
                ["minItems"] = 1,
                ["items"] = new JsonObject { ["oneOf"] = new JsonArray([.. folds.Select(fold => new JsonObject { ["$ref"] = $"#/definitions/{fold}" })]) },
            };
        }

        if (component.IsDefault)
            return schema;
        JsonArray required = schema["required"] as JsonArray ?? [];
        schema["required"] = required;
        required.Insert(0, "use");
        if (isDepth)
            required.Insert(1, "layers");
        return schema;
    }

    // A name offered by two plugins must be qualified with its plugin.
    private static string[] Names(ComponentOptions component, ComponentOptions[] sameRole)
    {
        if (component.Plugin is null)
            return [component.Name];
        string full = $"{component.Plugin}/{component.Name}";
        return sameRole.Count(other => other.Name == component.Name) > 1 ? [full] : [component.Name, full];
    }

    private static JsonArray Strings(string[] values) => [.. values.Select(value => JsonValue.Create(value))];
}
