package sample

import (
	"context"
	"fmt"

	"crmbot/crm"
)

// trouble is a ticket and what became of it.
type trouble struct {
	account, contact string
	kind             crm.TicketKind
	ago, hour        int
	body             string
	solution         string // "" is open
	closed           bool
}

// troubles are the tickets, TIC-1 first.
var troubles = []trouble{
	{"融氏食品 Rongshi Foods", "张伟", crm.TicketComplaint, 0, 9, "昨天到的货有3袋破了，仓库拍了照片", "", false},
	{"Sunrise Bakery", "Anna Lee", crm.TicketQuestion, 1, 14, "We need the certificate of analysis for batch M24110312", "", false},
	{"Lotus Beverages 莲花饮料", "陈静", crm.TicketReturn, 2, 10, "两桶标签贴错了，想换货", "", false},
	{"青禾乳业", "林晓燕", crm.TicketQuestion, 8, 11, "IMO-50杀菌后颜色变深，怎么调整？", "建议后段添加，温度控制在60℃以下，颜色恢复正常", false},
	{"Golden Mills", "Farid Ismail", crm.TicketComplaint, 21, 16, "One drum short in the last container", "Credit note sent, the carrier confirmed the loss", true},
	{"悦麦啤酒", "王磊", crm.TicketRepair, 15, 9, "吨桶阀门漏料", "更换阀门密封圈，已发备件两套", true},
	{"Nordic Snacks", "Lars Holm", crm.TicketQuestion, 30, 13, "Please send the kosher certificate", "Sent by e-mail", true},
}

// help tells the stories of the tickets.
func (h *history) help(ctx context.Context) error {
	for _, x := range troubles {
		h.ago(x.ago, x.hour)
		c := h.contacts[x.contact+", "+x.account]
		t := &crm.Ticket{Kind: x.kind, Body: x.body}
		if err := h.Tickets.Create(ctx, crm.Actor{Kind: crm.AuthorContact, Contact: c.ID}, t); err != nil {
			return fmt.Errorf("sample: %s: %w", x.body, err)
		}
		if x.solution == "" {
			continue
		}
		service := h.as("zhao.min")
		h.ago(x.ago-1, 17)
		if _, err := h.Tickets.Solve(ctx, service, t.ID, x.solution); err != nil {
			return err
		}
		if !x.closed {
			continue
		}
		h.ago(x.ago-3, 17)
		if _, err := h.Tickets.Close(ctx, service, t.ID); err != nil {
			return err
		}
	}
	return nil
}
