using System.Runtime.InteropServices;
using System.Text.Json;
using FinObs.DataPlane.Ingestion.Mapping;

namespace FinObs.DataPlane.Ingestion.Inbound.Forms;

/// <summary>Anybody's JSON, by declared paths.</summary>
internal sealed class MappedForm(TransactionMapping mapping, JsonPath? itemsPath, int maxItems) : IInboundForm
{
    public InboundContent Read(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (!JsonBody.TryParse(body, out JsonDocument? document, out InboundContent? refused))
        {
            return refused;
        }

        using (document)
        {
            JsonElement items = document.RootElement;
            if (itemsPath is not null && !itemsPath.TryFind(document.RootElement, out items))
            {
                return new InboundContent.Refused(BodyProblem.Invalid("no_items", $"There is nothing at {itemsPath}, where the items of this source are."));
            }

            JsonElement[] each = items.ValueKind == JsonValueKind.Array ? [.. items.EnumerateArray()] : [items];
            return each.Length > maxItems
                ? new InboundContent.Refused(BodyProblem.TooManyItems(maxItems))
                : new InboundContent.Items([.. each.Select(item => mapping.Read(JsonMarshal.GetRawUtf8Value(item).ToArray(), now))]);
        }
    }
}
