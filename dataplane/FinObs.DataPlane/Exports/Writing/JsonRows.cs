using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FinObs.DataPlane.Exports.Writing;

/// <summary>One array of objects, a row a line. Decimals and 64-bit integers are strings, so that no reader rounds them.</summary>
internal sealed class JsonRows : IExportRows
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private bool _hasRows;

    public string MediaType => "application/json";

    public byte[] Begin(IReadOnlyList<ExportColumn> columns) => "["u8.ToArray();

    public byte[] Row(IReadOnlyList<ExportColumn> columns, object?[] values)
    {
        _buffer.ResetWrittenCount();
        _buffer.Write(_hasRows ? ",\n"u8 : "\n"u8);
        _hasRows = true;
        using (Utf8JsonWriter json = new(_buffer, Options))
        {
            json.WriteStartObject();
            for (int i = 0; i < values.Length; i++)
            {
                json.WritePropertyName(columns[i].Name);
                Write(json, values[i]);
            }

            json.WriteEndObject();
        }

        return _buffer.WrittenSpan.ToArray();
    }

    public byte[] End() => "\n]\n"u8.ToArray();

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(ExportValues.TextOf(value));
                break;
        }
    }
}
