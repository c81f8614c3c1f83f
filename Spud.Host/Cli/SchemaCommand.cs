using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spud.Composition;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud schema</c>: the JSON schema of pipeline.json, covering the components of all usable plugins.</summary>
internal static class SchemaCommand
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Shell shell)
    {
        Command command = new("schema", "Print the JSON schema of pipeline.json, for editors: spud schema > spud-pipeline.schema.json");
        PluginArguments arguments = new(command, shell);
        command.Options.Add(new Option<bool>("--json") { Description = "For consistency; the output is always JSON." });
        command.SetAction(parsed =>
        {
            using PluginCatalog catalog = arguments.Catalog(parsed);
            shell.Out.WriteLine(PipelineSchema.Of(catalog).ToJsonString(s_indented));
            return ExitCodes.Done;
        });
        return command;
    }
}
