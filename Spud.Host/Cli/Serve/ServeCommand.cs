using System.CommandLine;
using System.Globalization;

namespace Spud.Host;

/// <summary><c>spud serve</c>: checks the command line and starts the server with it as settings.</summary>
internal sealed class ServeCommand
{
    private const string Section = "Serve";

    private readonly Argument<string[]> _models = new("models") { Description = "Models to serve: GGUF files, or pipelines (.json). Their names are those of the files. Default: the one of -m or -p, those of the settings, or the embedded model.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _host = new("--host") { Description = "Address to listen on. Default: 127.0.0.1.", HelpName = "ADDRESS" };
    private readonly Option<int?> _port = Values.Integer("--port", 0, 65535, "Port to listen on, 0 for a free one. Default: 8080.");
    private readonly Option<int?> _sequences = Values.Integer("--sequences", 1, 4096, "Texts that a model generates at the same time. Default: 8.");
    private readonly Option<int?> _loaded = Values.Integer("--loaded-models", 1, 1024, "Models in memory at the same time. Default: 1.");
    private readonly Option<string?> _template = new("--chat-template") { Description = "A Jinja template in place of the models' own: a file, or the name of a known one.", HelpName = "FILE|NAME" };
    private readonly Option<string?> _prices = new("--prices") { Description = "Price list: answers carry their price.", HelpName = "FILE" };
    private readonly Option<string?> _accounts = new("--accounts") { Description = "Serve only who has a key of these accounts: a SQLite file, or a connection string of PostgreSQL.", HelpName = "DATABASE" };
    private readonly Option<string?> _settings = new("--settings") { Description = "Settings file (JSON); see docs/serving.md.", HelpName = "FILE" };
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Listen elsewhere than on this machine although no keys are set up." };
    private readonly PipelineArguments _pipeline;
    private readonly Shell _shell;

    private ServeCommand(Command command, Shell shell)
    {
        _shell = shell;
        command.Arguments.Add(_models);
        foreach (Option option in new Option[] { _host, _port, _sequences, _loaded, _template, _prices, _accounts, _settings, _insecure })
            command.Options.Add(option);

        _pipeline = new(command, shell);
        command.SetAction(Run);
    }

    public static Command Create(Shell shell)
    {
        Command command = new("serve", "Serve models over HTTP, as OpenAI's API.");
        _ = new ServeCommand(command, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string[] arguments = [.. Settings(parsed).Where(static setting => setting.Value is not null).Select(static setting => $"--{setting.Name}={setting.Value}")];
        _shell.Out.Flush();
        return ServerProgram.Run(arguments);
    }

    private IEnumerable<(string Name, string? Value)> Settings(ParseResult parsed)
    {
        yield return ("Settings", FullPath(parsed.GetValue(_settings)));
        yield return ($"{Section}:Host", parsed.GetValue(_host));
        yield return ($"{Section}:Port", Text(parsed.GetValue(_port)));
        yield return ($"{Section}:Sequences", Text(parsed.GetValue(_sequences)));
        yield return ($"{Section}:LoadedModels", Text(parsed.GetValue(_loaded)));
        yield return ($"{Section}:Threads", _pipeline.IsThreadsGiven(parsed) ? Text(_pipeline.Threads(parsed)) : null);
        yield return ($"{Section}:Prices", FullPath(parsed.GetValue(_prices)));
        yield return ($"{Section}:Accounts", parsed.GetValue(_accounts) is { } accounts && File.Exists(accounts) ? Path.GetFullPath(accounts) : parsed.GetValue(_accounts));
        yield return ($"{Section}:Insecure", parsed.GetValue(_insecure) ? "true" : null);
        foreach ((int index, string folder) in _pipeline.Folders(parsed).Index())
            yield return (string.Create(CultureInfo.InvariantCulture, $"{Section}:Plugins:{index}"), folder);

        string[] models = parsed.GetValue(_models) ?? [];
        if (models.Length == 0)
        {
            foreach ((string, string?) setting in Default(parsed))
                yield return setting;
        }

        if (models is [{ } first, _, ..])
            yield return ($"{Section}:DefaultModel", NameOf(first));

        foreach (string model in models)
        {
            foreach ((string, string?) setting in Named(parsed, model))
                yield return setting;
        }
    }

    // Without any model the embedded one is served as 'spud run' runs it, unless the settings name others.
    private IEnumerable<(string Name, string? Value)> Default(ParseResult parsed)
    {
        string? file = _pipeline.Model(parsed), pipeline = _pipeline.File(parsed);
        string model = file ?? ServedFile(parsed, pipeline);
        return Model(parsed, (file ?? pipeline) is { } own ? $"{Section}:Models:{NameOf(own)}" : $"{Section}:Embedded", model, pipeline);
    }

    private IEnumerable<(string Name, string? Value)> Named(ParseResult parsed, string model)
    {
        if (!File.Exists(model))
            throw new BadInputException($"spud serve: no such file: {model}");

        bool isPipeline = Path.GetExtension(model) == ".json";
        string? pipeline = isPipeline ? model : _pipeline.File(parsed);
        return Model(parsed, $"{Section}:Models:{NameOf(model)}", isPipeline ? ServedFile(parsed, pipeline) : model, pipeline);
    }

    private IEnumerable<(string Name, string? Value)> Model(ParseResult parsed, string at, string file, string? pipeline)
    {
        bool isEmbedded = Path.GetFileName(file) == Places.DefaultModelName;
        yield return ($"{at}:Model", Path.GetFullPath(file));
        yield return ($"{at}:Pipeline", FullPath(pipeline));
        yield return ($"{at}:ChatTemplate", parsed.GetValue(_template) is { } template && File.Exists(template) ? Path.GetFullPath(template) : parsed.GetValue(_template));
        yield return ($"{at}:System", isEmbedded ? Chat.EmbeddedModelSystem : null);
        yield return ($"{at}:Temperature", isEmbedded ? "0" : null);
        foreach ((int index, string edit) in _pipeline.PlainEdits(parsed).Index())
            yield return (string.Create(CultureInfo.InvariantCulture, $"{at}:Set:{index}"), edit);
    }

    private string ServedFile(ParseResult parsed, string? pipeline) => ModelLoader.ModelOf(_pipeline.Document(parsed, pipeline, [], null));

    // Part of the name of a setting, which has ':' and '=' for itself.
    private static string NameOf(string file) => string.Concat(Path.GetFileNameWithoutExtension(file).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-'));

    private static string? FullPath(string? path) => path is null ? null : Path.GetFullPath(path);

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
