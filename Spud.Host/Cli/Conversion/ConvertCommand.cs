using System.CommandLine;
using Spud.Conversion;
using Spud.Models;

namespace Spud.Host;

/// <summary><c>spud convert</c> and <c>spud quantize</c>: writes a model file with its weights in another format.</summary>
internal sealed class ConvertCommand
{
    private static readonly ElementType[] s_numbers = [ElementType.F32, ElementType.F16, ElementType.BF16];

    private readonly Shell _shell;
    private readonly Argument<string> _model = new("MODEL") { Description = "A .gguf file; of a split model, the first part." };
    private readonly Argument<string> _output = new("OUT") { Description = "The .gguf file to write." };
    private readonly Option<ElementType> _type;
    private readonly Option<ElementType?> _headType;
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as one JSON document." };

    private ConvertCommand(Command command, IEnumerable<ElementType> types, Shell shell)
    {
        _shell = shell;
        ElementType[] all = [.. ModelConverter.Types];
        _type = new("--to") { Description = $"Format of matrices: {string.Join(", ", types)}.", Required = true, HelpName = "TYPE", CustomParser = result => Values.OneOf(result, "--to", types) };
        _headType = new("--head") { Description = "Format of the embedding and the output matrix; Q6_K where matrices get 4 bits, else as they.", HelpName = "TYPE", CustomParser = result => Values.OneOf(result, "--head", all) };
        command.Arguments.Add(_model);
        command.Arguments.Add(_output);
        foreach (Option option in new Option[] { _type, _headType, _json })
            command.Options.Add(option);

        command.SetAction(Run);
    }

    public static Command CreateConvert(Shell shell) => Create("convert", "Write a model again with its weights as plain numbers.", s_numbers, shell);

    public static Command CreateQuantize(Shell shell) =>
        Create("quantize", "Write a model again with its weights in fewer bits. Quantise a model of F32, F16 or BF16: what was lost before stays lost.", ModelConverter.Types.Except(s_numbers), shell);

    private static Command Create(string name, string description, IEnumerable<ElementType> types, Shell shell)
    {
        Command command = new(name, description);
        _ = new ConvertCommand(command, types, shell);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string output = parsed.GetRequiredValue(_output), target = FileIdentity.Target(output);
        if (Directory.Exists(output))
            throw new BadInputException($"{output}: cannot be written: it is a directory. Name a file in it.");
        if (Path.GetDirectoryName(target) is { } folder && !Directory.Exists(folder))
            throw new BadInputException($"{output}: cannot be written: there is no folder {folder}.");

        using GgufFile source = GgufFile.Open(parsed.GetRequiredValue(_model));
        using Interrupts.Section section = _shell.Interrupts.Begin();
        ModelConverter converter = new(source, new(parsed.GetValue(_type), parsed.GetValue(_headType)));
        Print(output, converter.Save(target, section.Token), parsed.GetValue(_json));
        return ExitCodes.Done;
    }

    private void Print(string output, ConversionSummary summary, bool json)
    {
        if (json)
        {
            _shell.WriteJson(new(
                output, summary.SourceBytes, summary.Bytes, summary.Tensors.ToDictionary(static pair => pair.Key.ToString(), static pair => pair.Value),
                summary.Substituted.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToString())), ResultJson.Readable.ConversionResult);
            return;
        }

        foreach (IGrouping<ElementType, KeyValuePair<string, ElementType>> type in summary.Substituted.GroupBy(static pair => pair.Value))
            _shell.Say($"note: rows that are not whole blocks: {type.Count()} tensors are {type.Key} instead, as {type.First().Key}.");
        string types = string.Join(", ", summary.Tensors.OrderByDescending(static pair => pair.Value).Select(static pair => $"{pair.Value} {pair.Key}"));
        _shell.Out.WriteLine($"{output}: {Units.Bytes(summary.SourceBytes)} became {Units.Bytes(summary.Bytes)}; tensors: {types}");
    }
}
